//! What customers are told who stop, or begin again.

use super::Wish;

/// (language, after a stop, after a stop of everything, after a new beginning). The words that lead back are words that
/// [`super::wish`] understands.
const TEXTS: &[(&str, &str, &str, &str)] = &[
    (
        "pt-BR",
        "Pronto: você não vai mais receber nossas promoções por aqui. Avisos sobre seus pedidos continuam. Se mudar de ideia, escreva: quero receber promoções",
        "Pronto: não vamos mais enviar mensagens automáticas para você. Se precisar, é só escrever. Para voltar atrás, escreva: quero voltar a receber",
        "Pronto: você voltará a receber nossas mensagens. Para parar, escreva: parar",
    ),
    (
        "es",
        "Listo: ya no recibirás nuestras promociones por aquí. Los avisos sobre tus pedidos continúan. Si cambias de idea, escribe: quiero recibir promociones",
        "Listo: no te enviaremos más mensajes automáticos. Si nos necesitas, solo escribe. Para volver, escribe: quiero volver a recibir",
        "Listo: volverás a recibir nuestros mensajes. Para dejar de recibirlos, escribe: parar",
    ),
    (
        "en",
        "Done: you will get no more promotions from us here. Updates on your orders continue. If you change your mind, write: start",
        "Done: we will send you no more automatic messages. If you need us, just write. To go back, write: start",
        "Done: you will hear from us again. To stop, write: stop",
    ),
];

/// What to say to somebody whose wish was understood, in a language of [`super::language`]; English where it is none of
/// those.
pub fn confirmation(wish: Wish, language: &str) -> &'static str {
    let known = TEXTS.iter().find(|row| row.0 == language).unwrap_or(&TEXTS[TEXTS.len() - 1]);
    match wish {
        Wish::Stop => known.1,
        Wish::StopAll => known.2,
        Wish::Start => known.3,
    }
}

#[cfg(test)]
mod tests {
    use super::super::wish;
    use super::*;

    #[test]
    fn what_a_confirmation_offers_is_understood() {
        for (language, ..) in TEXTS {
            for (told, wanted) in [(Wish::Stop, Wish::Start), (Wish::StopAll, Wish::Start), (Wish::Start, Wish::Stop)] {
                let text = confirmation(told, language);
                let offered = text.rsplit(": ").next().unwrap();
                assert_eq!(wish(offered), Some(wanted), "{language}: {offered:?}");
                assert!(text.chars().count() <= 300, "{text}");
            }
        }
    }
}
