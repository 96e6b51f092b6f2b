//! What a dialog says by itself, where the package has no words of its own.

use crate::Language;

/// Texts of the SDK's, by key: pt-BR, es, en.
const TEXTS: &[(&str, [&str; 3])] = &[
    (
        "dialog-choose",
        [
            "Por favor, escolha uma das opções.",
            "Por favor, elige una de las opciones.",
            "Please choose one of the options.",
        ],
    ),
    (
        "dialog-write",
        ["Por favor, escreva sua resposta.", "Por favor, escribe tu respuesta.", "Please write your answer."],
    ),
    ("dialog-cancelled", ["Tudo bem, cancelado.", "De acuerdo, cancelado.", "All right, cancelled."]),
    (
        "dialog-timeout",
        [
            "Como não tive resposta, encerrei por aqui. É só escrever para recomeçar.",
            "Como no tuve respuesta, lo dejo aquí. Escribe para empezar de nuevo.",
            "I had no answer, so I stop here. Write to start again.",
        ],
    ),
    (
        "dialog-gave-up",
        [
            "Vou chamar alguém para te ajudar melhor.",
            "Voy a llamar a alguien para ayudarte mejor.",
            "I will call somebody who can help you better.",
        ],
    ),
    (
        "dialog-changed",
        [
            "Vou chamar alguém para continuar com você.",
            "Voy a llamar a alguien para seguir contigo.",
            "I will call somebody to go on with you.",
        ],
    ),
    ("dialog-handing-over", ["Já chamo alguém.", "Ya llamo a alguien.", "I am calling somebody."]),
    // Notes for the people who take over. {step}: the question's name in the script
    (
        "dialog-note-gave-up",
        [
            "O cliente não conseguiu responder: {step}.",
            "El cliente no logró responder: {step}.",
            "The customer did not understand: {step}.",
        ],
    ),
    (
        "dialog-note-person",
        ["Pediu uma pessoa ({step}).", "Pidió una persona ({step}).", "Asked for a person ({step})."],
    ),
];

/// Whole messages that end a dialog.
const CANCEL: [&[&str]; 3] = [&["cancelar", "sair", "deixa"], &["cancelar", "salir"], &["cancel", "quit"]];

fn column(language: Language) -> usize {
    match language {
        Language::Portuguese => 0,
        Language::Spanish => 1,
        Language::English => 2,
    }
}

/// The SDK's own text; empty for a key that is none of its own.
pub(crate) fn text(key: &str, language: Language) -> &'static str {
    TEXTS.iter().find(|(known, _)| *known == key).map_or("", |(_, words)| words[column(language)])
}

/// The words that cancel, unless the author says otherwise.
pub(crate) fn cancel(language: Language) -> Vec<String> {
    CANCEL[column(language)].iter().map(|word| (*word).to_owned()).collect()
}
