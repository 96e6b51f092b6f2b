//! What customers write when they want to be left alone, what only looks like it, and what leads back.

use ponte_model::{Choice, Content, Context, Message};
use ponte_policy::consent::Wish::{self, Start, Stop, StopAll};
use ponte_policy::consent::{wish, wish_in};
use proptest::prelude::*;

/// They ask for something.
const WISHES: &[(Wish, &str)] = &[
    // Portuguese: commands.
    (Stop, "parar"),
    (Stop, "PARAR"),
    (Stop, "Pare!"),
    (Stop, "parem 😡"),
    (Stop, "para!!!"),
    (Stop, "sair"),
    (Stop, "Sair, por favor."),
    (Stop, "oi, quero sair"),
    (Stop, "pare agora"),
    (Stop, "PAREM JÁ!"),
    (Stop, "Podem parar, obrigada"),
    (Stop, "quero parar"),
    (Stop, "gostaria de parar"),
    (Stop, "me remova por favor"),
    (Stop, "cancelar inscrição"),
    (Stop, "Cancelar minha inscrição"),
    (Stop, "quero cancelar a inscrição"),
    (Stop, "descadastrar"),
    (Stop, "quero me descadastrar"),
    (Stop, "como faço para me descadastrar?"),
    (Stop, "desinscrever-me"),
    (Stop, "Parar promoções"),
    (Stop, "desativar notificações"),
    // Portuguese: sentences.
    (Stop, "pare de me mandar mensagem"),
    (Stop, "Pare de mandar msg"),
    (Stop, "para de me enviar isso"),
    (Stop, "parem de me mandar essas promoções todo dia"),
    (Stop, "por favor parem de enviar propaganda"),
    (Stop, "deixa de me mandar propaganda"),
    (Stop, "deixem de me enviar"),
    (Stop, "Bom dia! Quero parar de receber mensagens de vocês"),
    (Stop, "gostaria de parar de receber"),
    (Stop, "já pedi pra parar"),
    (Stop, "já falei para parar de mandar mensagem"),
    (Stop, "pare com essas mensagens"),
    (Stop, "pare o envio de mensagens"),
    (Stop, "não quero mais receber"),
    (Stop, "nao quero mais receber mensagens"),
    (Stop, "n quero mais receber msgs"),
    (Stop, "não quero receber mais"),
    (Stop, "Não gostaria mais de receber ofertas"),
    (Stop, "não quero receber promoções"),
    (Stop, "não quero mais mensagens de vocês"),
    (Stop, "não quero propaganda"),
    (Stop, "não me mande mais mensagens"),
    (Stop, "não me mandem mais"),
    (Stop, "nao me envie mais promocoes pf"),
    (Stop, "não me chame mais"),
    (Stop, "não me incomode"),
    (Stop, "não me perturbem mais!!"),
    (Stop, "não mande mensagem"),
    (Stop, "não autorizo o envio de mensagens"),
    (Stop, "não tenho mais interesse em receber promoções"),
    (Stop, "chega de propaganda"),
    (Stop, "sem mais mensagens, por favor"),
    (Stop, "revogo o meu consentimento"),
    (Stop, "me tira dessa lista"),
    (Stop, "me tirem da lista de vocês"),
    (Stop, "retire meu número da sua lista"),
    (Stop, "quero sair da lista"),
    (Stop, "quero ser removido da lista"),
    (Stop, "cancelar o recebimento de promoções"),
    (Stop, "cancele as notificações"),
    (Stop, "vocês são ótimos, mas não quero mais receber promoções"),
    (StopAll, "parem com tudo"),
    (StopAll, "nunca mais me mande mensagem"),
    (StopAll, "não me mandem mais nada"),
    (StopAll, "não quero mais receber nada"),
    (StopAll, "não quero receber nenhuma mensagem"),
    (StopAll, "esqueçam o meu número"),
    // Spanish.
    (Stop, "baja"),
    (Stop, "BAJA"),
    (Stop, "¡Paren!"),
    (Stop, "salir"),
    (Stop, "dar de baja"),
    (Stop, "quiero darme de baja"),
    (Stop, "denme de baja por favor"),
    (Stop, "solicito la baja"),
    (Stop, "cancelar suscripción"),
    (Stop, "quiero desuscribirme"),
    (Stop, "Detener promociones"),
    (Stop, "no me escriban más"),
    (Stop, "no me escriban"),
    (Stop, "ya no me escriban por favor"),
    (Stop, "No me manden más mensajes"),
    (Stop, "no me envíes más promociones"),
    (Stop, "no me molesten"),
    (Stop, "no me molesten más"),
    (Stop, "no quiero recibir más mensajes"),
    (Stop, "ya no quiero recibir"),
    (Stop, "ya no quiero recibir sus promociones"),
    (Stop, "no quiero más publicidad"),
    (Stop, "no deseo recibir mensajes"),
    (Stop, "dejen de mandarme mensajes"),
    (Stop, "deja de escribirme"),
    (Stop, "quiero dejar de recibir mensajes"),
    (Stop, "basta de publicidad"),
    (Stop, "no más spam"),
    (Stop, "sáquenme de su lista"),
    (Stop, "quiten mi número de la lista"),
    (Stop, "quiero salir de la lista"),
    (Stop, "no autorizo el envío de mensajes"),
    (StopAll, "nunca más me escriban"),
    (StopAll, "no me manden nada más"),
    (StopAll, "no quiero recibir nada"),
    // English.
    (Stop, "stop"),
    (Stop, "STOP."),
    (Stop, "Stop stop stop!!"),
    (Stop, "please stop"),
    (Stop, "stop it now"),
    (Stop, "unsubscribe"),
    (Stop, "Unsubscribe me please"),
    (Stop, "how do I unsubscribe?"),
    (Stop, "I'd like to opt out"),
    (Stop, "opt-out"),
    (Stop, "please opt me out of this"),
    (Stop, "Stop promotions"),
    (Stop, "STOP_PROMOTIONS"),
    (Stop, "stop sending me messages"),
    (Stop, "Stop texting me"),
    (Stop, "could you stop messaging me"),
    (Stop, "stop sending this"),
    (Stop, "stop these messages"),
    (Stop, "I want to stop receiving offers"),
    (Stop, "don't text me anymore"),
    (Stop, "Do not contact me again"),
    (Stop, "don’t send me any more ads"),
    (Stop, "I don't want to receive these messages"),
    (Stop, "I don't want your promotions"),
    (Stop, "i no longer wish to receive your newsletters"),
    (Stop, "no more messages please"),
    (Stop, "leave me alone"),
    (Stop, "take me off your list"),
    (Stop, "remove my number from your database"),
    (Stop, "I withdraw my consent"),
    (StopAll, "stop all"),
    (StopAll, "STOPALL"),
    (StopAll, "never contact me again"),
    (StopAll, "don't message me ever again"),
    // And back.
    (Start, "quero voltar a receber"),
    (Start, "podem voltar a me mandar mensagens"),
    (Start, "quero receber promoções"),
    (Start, "aceito receber mensagens"),
    (Start, "reativar mensagens"),
    (Start, "quiero volver a recibir mensajes"),
    (Start, "vuelvan a mandarme promociones"),
    (Start, "quiero recibir promociones"),
    (Start, "start"),
    (Start, "START"),
    (Start, "please opt me back in"),
    (Start, "I want to receive your offers"),
    (Start, "start sending me messages again"),
];

/// They ask for nothing of the kind.
const TRAPS: &[&str] = &[
    // Portuguese.
    "não pare",
    "não parem!",
    "por favor não pare de me mandar mensagem",
    "não quero parar de receber as promoções",
    "nunca deixem de me mandar as promoções",
    "não quero sair da lista",
    "não quero me descadastrar",
    "quero parar na loja às 18h",
    "posso parar o carro em frente?",
    "onde posso parar?",
    "vou parar aí mais tarde",
    "posso sair para buscar?",
    "vou sair agora",
    "preciso sair",
    "já vai sair para entrega?",
    "quando vai sair o pedido?",
    "para quando fica pronto?",
    "para hoje",
    "é para presente",
    "para mim",
    "para de graça",
    "cancelar",
    "cancelar meu pedido",
    "quero cancelar",
    "quero cancelar minha inscrição no curso",
    "cancelar a promoção do carrinho",
    "cancele o envio",
    "quero cancelar minha assinatura",
    "não quero receber o pedido hoje",
    "não quero mais receber em casa, vou retirar",
    "não quero mais",
    "não quero receber",
    "não quero mensagem no cartão",
    "não recebi mais mensagens de vocês",
    "por que vocês não mandam mais promoções?",
    "por que você não me manda mais mensagem?",
    "não me mande o produto errado de novo",
    "não me mande mensagem agora, estou no trabalho",
    "não me mandem mensagem depois das 22h",
    "não me mande mensagem de voz, só texto",
    "não me mande mais mensagem hoje",
    "pare de me chamar de senhora",
    "pare de me mandar o boleto errado",
    "parou de chover",
    "a máquina parou, podem ver?",
    "se eu parar de receber mensagens perco o desconto?",
    "se eu quiser sair da lista, perco os pontos?",
    "me tira da lista de espera",
    "tira a cebola da lista",
    "quero receber meu pedido",
    "quero receber",
    "quero receber o catálogo",
    "tem promoção?",
    "recebi a mensagem, obrigada",
    "chega hoje?",
    "chega amanhã a minha encomenda?",
    "remover a azeitona",
    "ponto de parada",
    "fim de semana abre?",
    "como descadastrar um produto da loja?",
    "o entregador mandou parar na portaria",
    "esqueci o meu número de pedido",
    "vocês param para o almoço?",
    "sair de casa tá difícil, vocês entregam?",
    "responda SAIR para não ganhar desconto kkk",
    "pare o anúncio na OLX",
    "voltar",
    "oi",
    "",
    // Spanish.
    "no pares",
    "no paren de escribirme",
    "no dejen de mandarme promociones",
    "no quiero darme de baja",
    "no me den de baja",
    "quiero dar de baja el servicio",
    "quiero darme de baja del gimnasio",
    "¿tienen planta baja?",
    "la talla es baja",
    "voy a salir a buscarlo",
    "¿cuándo va a salir mi pedido?",
    "para mañana",
    "para llevar",
    "cancelar mi pedido",
    "cancelar",
    "no quiero más",
    "ya no quiero el pedido",
    "no me manden el rojo",
    "no me manden mensajes ahora",
    "no me envíes mensajes de voz",
    "¿por qué ya no me mandan promociones?",
    "quiero recibir mi pedido",
    "si dejo de recibir mensajes, ¿pierdo puntos?",
    "¿van a parar en la esquina?",
    "sáquenme de la lista de espera",
    // English.
    "don't stop",
    "please don't stop sending me messages",
    "I never want to unsubscribe",
    "I don't want to opt out",
    "if I unsubscribe, do I lose my points?",
    "stop by the store",
    "I'll stop by at 6",
    "can you stop at the bank?",
    "where is the bus stop?",
    "I can't stop laughing",
    "Stop, I meant the blue one",
    "stop sending me the wrong size",
    "don't send me the red one",
    "don't text me before 9",
    "don't send me messages at night",
    "take me off the waiting list",
    "cancel",
    "cancel my order",
    "the end",
    "quit smoking kit, do you have it?",
    "no more sugar please",
    "when do you start?",
    "start my order",
    "I want to receive my order",
    "why did you not text me",
    "leave it at the door",
];

#[test]
fn wishes_are_understood() {
    let wrong: Vec<_> = WISHES.iter().filter(|(expected, text)| wish(text) != Some(*expected)).collect();
    let wrong: Vec<_> = wrong.iter().map(|(expected, text)| (text, expected, wish(text))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_only_looks_like_a_wish_is_none() {
    let wrong: Vec<_> = TRAPS.iter().filter_map(|text| Some((text, wish(text)?))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_table_is_large_enough_to_mean_something() {
    assert!(WISHES.len() + TRAPS.len() >= 150 && TRAPS.len() >= 60, "{} and {}", WISHES.len(), TRAPS.len());
}

#[test]
fn where_a_wish_is_looked_for() {
    let text = |body: &str| Message::of(Content::Text { body: body.into() });
    let choice = |title: &str| Choice { id: "stop".into(), title: title.into(), description: None };
    let tapped = |payload: Option<&str>, text: Option<&str>| {
        Message::of(Content::TemplateReply { payload: payload.map(Into::into), text: text.map(Into::into) })
    };
    let forwarded = Message {
        context: Some(Context { forwarded: true, ..Context::default() }),
        ..text("não quero mais receber mensagens")
    };
    let group = Message { group_id: Some("g".into()), ..text("parar") };
    let caption = Message::of(Content::Other { name: "x".into(), json: "parar".into() });
    for (name, message, expected) in [
        ("text", text("parar"), Some(Stop)),
        ("a template's button by its label", tapped(Some("x1"), Some("Stop promotions")), Some(Stop)),
        ("a template's button by its payload", tapped(Some("UNSUBSCRIBE"), Some("🚫")), Some(Stop)),
        ("a template's other button", tapped(Some("yes"), Some("Sim")), None),
        ("a flow's own button", Message::of(Content::ButtonReply(choice("Sair"))), None),
        ("a flow's button that says it all", Message::of(Content::ButtonReply(choice("Parar promoções"))), Some(Stop)),
        ("forwarded", forwarded, None),
        ("in a group", group, None),
        ("something else", caption, None),
    ] {
        assert_eq!(wish_in(&message).map(|reading| reading.wish), expected, "{name}");
    }
}

/// Lays an accent over every vowel, as a character of its own.
fn accented(text: &str) -> String {
    let vowel = |letter: char| "aeiouAEIOU".contains(letter);
    text.chars().flat_map(|letter| [Some(letter), vowel(letter).then_some('\u{301}')]).flatten().collect()
}

proptest! {
    #[test]
    fn any_text_can_be_read(text in any::<String>()) {
        let _ = wish(&text);
    }

    #[test]
    fn case_accents_and_what_stands_around_change_nothing(
        index in 0..WISHES.len() + TRAPS.len(),
        before in "[ \t!?.,;:…¡¿*_~\"🙏😡👍🏽-]{0,6}",
        after in "[ \t!?.,;:…*_~\"🙏😡👍🏽-]{0,6}",
    ) {
        let text = WISHES.get(index).map_or_else(|| TRAPS[index - WISHES.len()], |(_, text)| text);
        let expected = wish(text);
        prop_assert_eq!(wish(&format!("{before}{text}{after}")), expected);
        prop_assert_eq!(wish(&text.to_uppercase()), expected);
        prop_assert_eq!(wish(&text.to_lowercase()), expected);
        prop_assert_eq!(wish(&accented(text)), expected);
    }
}
