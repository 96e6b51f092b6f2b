//! What a customer means who writes in the days after they were told of an order.

use crate::words::plain;

/// What they want.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Nothing: thanks.
    Nothing,
    /// How the order stands: that can be answered.
    Where,
    /// Something that a person must see to, or that is not understood.
    Person,
}

/// Beginnings of words and phrases that a person must see to, before anything else: complaints, changes, another order,
/// and a person asked for.
const PERSON: &[&str] = &[
    // Portuguese
    "nao cheg",
    "nao receb",
    "nunca cheg",
    "nunca receb",
    "atras",
    "errad",
    "quebrad",
    "defeit",
    "falt",
    "veio sem",
    "troc",
    "devol",
    "reembols",
    "estorn",
    "cancel",
    "reclam",
    "atendente",
    "humano",
    "alguem",
    "pessoa",
    "novo pedido",
    "outro pedido",
    "fazer um pedido",
    "fazer pedido",
    "comprar",
    "mudar",
    "endereco",
    "nota fiscal",
    // Spanish
    "no lleg",
    "no ha lleg",
    "no recib",
    "no he recib",
    "nunca lleg",
    "demor",
    "equivocad",
    "rot",
    "danad",
    "cambi",
    "agente",
    "persona",
    "alguien",
    "nuevo pedido",
    "otro pedido",
    "hacer un pedido",
    "direccion",
    "factura",
    // English
    "not arriv",
    "never arriv",
    "didnt arriv",
    "hasnt arriv",
    "not receiv",
    "never receiv",
    "didnt receiv",
    "havent receiv",
    "late",
    "delay",
    "wrong",
    "broken",
    "damag",
    "missing",
    "refund",
    "return",
    "exchange",
    "complain",
    "human",
    "agent",
    "person",
    "someone",
    "new order",
    "another order",
    "change",
    "address",
    "invoice",
];

/// Beginnings of words that ask how an order stands.
const WHERE: &[&str] = &[
    // Portuguese
    "cade",
    "onde",
    "quando",
    "pedido",
    "compra",
    "encomenda",
    "entreg",
    "rastre",
    "envi",
    "cheg",
    "despach",
    "status",
    "codigo",
    "pacote",
    "pagamento",
    "pago",
    "pagou",
    "previsao",
    "prazo",
    // Spanish
    "donde",
    "cuando",
    "paquete",
    "lleg",
    "seguimiento",
    "estado",
    "llevan",
    // English
    "where",
    "when",
    "order",
    "ship",
    "track",
    "deliver",
    "arriv",
    "parcel",
    "package",
    "payment",
    "paid",
];

/// Words that want no answer.
const THANKS: &[&str] = &[
    "ok", "okay", "obrigado", "obrigada", "obg", "brigado", "brigada", "valeu", "vlw", "muito", "otimo", "otima",
    "perfeito", "legal", "beleza", "blz", "show", "certo", "entendi", "gracias", "muchas", "perfecto", "genial",
    "listo", "bueno", "thanks", "thank", "you", "great", "perfect", "cool", "got", "it", "nice", "tks", "thx", "de",
    "nada",
];

/// What a text means.
pub fn understand(text: &str) -> Ask {
    let text = plain(text);
    let begins = |stems: &[&str]| stems.iter().any(|stem| text.contains(&format!(" {stem}")));
    if begins(PERSON) {
        return Ask::Person;
    }
    if begins(WHERE) {
        return Ask::Where;
    }
    // A smile says the same as a thank-you.
    if text.split_whitespace().all(|word| THANKS.contains(&word)) {
        return Ask::Nothing;
    }
    Ask::Person
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_customers_write_after_a_template() {
        let table = [
            ("cadê meu pedido?", Ask::Where),
            ("Oi! Quando chega?", Ask::Where),
            ("qual o código de rastreio", Ask::Where),
            ("já foi enviado??", Ask::Where),
            ("¿dónde está mi paquete?", Ask::Where),
            ("cuándo llega", Ask::Where),
            ("Where is my order", Ask::Where),
            ("has it shipped yet", Ask::Where),
            ("obrigada!", Ask::Nothing),
            ("ok, valeu 🙏", Ask::Nothing),
            ("muchas gracias", Ask::Nothing),
            ("👍", Ask::Nothing),
            ("meu pedido não chegou", Ask::Person),
            ("quero cancelar o pedido", Ask::Person),
            ("quero fazer um pedido", Ask::Person),
            ("veio o tamanho errado", Ask::Person),
            ("no llegó mi pedido", Ask::Person),
            ("my order hasn't arrived", Ask::Person),
            ("I want a refund", Ask::Person),
            ("quero falar com um atendente", Ask::Person),
            ("vocês têm o tamanho 38?", Ask::Person),
        ];
        for (text, expected) in table {
            assert_eq!(understand(text), expected, "{text}");
        }
    }
}
