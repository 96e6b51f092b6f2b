//! The words of notices.

use ponte_model::Scope;

use crate::words::{Language, Words};

const fn words(pt_br: &'static str, es: &'static str, en: &'static str) -> Words {
    Words { pt_br, es, en }
}

pub(super) const WAITING: Words =
    words("o fluxo {flow} aguarda: {why}", "el flujo {flow} espera: {why}", "flow {flow} waits: {why}");
pub(super) const PAUSED: Words =
    words("o fluxo {flow} está pausado: {why}", "el flujo {flow} está en pausa: {why}", "flow {flow} is paused: {why}");
pub(super) const LIVE: Words = words(
    "o fluxo {flow} está no ar: tudo o que precisava foi aprovado",
    "el flujo {flow} está en marcha: todo lo que necesitaba fue aprobado",
    "flow {flow} is live: all that it needed is approved",
);
pub(super) const RESUMED: Words =
    words("o fluxo {flow} voltou a funcionar", "el flujo {flow} volvió a funcionar", "flow {flow} runs again");
pub(super) const SOFT: Words = words(
    "{scope} gastou {used} hoje; o aviso é a partir de {limit}",
    "{scope} gastó {used} hoy; el aviso es a partir de {limit}",
    "{scope} has spent {used} today; you wanted to hear of it from {limit} on",
);
pub(super) const SOFT_TODO: Words = words(
    "responda pelo celular o que puder: é grátis",
    "responda desde el teléfono lo que pueda: es gratis",
    "answer from the phone what you can: it is free",
);
pub(super) const HARD: Words = words(
    "{scope} atingiu o limite diário de {limit}: nada que custe é enviado até o fim do dia",
    "{scope} alcanzó el límite diario de {limit}: no se envía nada que cueste hasta el fin del día",
    "{scope} has reached its limit of {limit} a day: nothing that costs is sent until the day ends",
);
pub(super) const HARD_TODO: Words = words(
    "atenda pelo celular, ou aumente o limite com `ponte money budget`",
    "atienda desde el teléfono, o suba el límite con `ponte money budget`",
    "answer from the phone, or raise the limit with `ponte money budget`",
);

const TENANT: Words = words("a empresa {id}", "la empresa {id}", "business {id}");
const NUMBER: Words = words("o número {id}", "el número {id}", "number {id}");
const FLOW: Words = words("o fluxo {id}", "el flujo {id}", "flow {id}");

pub(super) fn fill(words: &Words, language: Language, values: &[(&str, &str)]) -> String {
    let mut text = words.in_language(language).to_owned();
    for (place, value) in values {
        text = text.replace(&format!("{{{place}}}"), value);
    }
    text
}

pub(super) fn of_budget(words: &Words, scope: &Scope, language: Language, values: &[(&str, &str)]) -> String {
    let (frame, id) = match scope {
        Scope::Tenant(id) => (&TENANT, id.as_str()),
        Scope::Number(id) => (&NUMBER, id.as_str()),
        Scope::Flow(id) => (&FLOW, id.as_str()),
    };
    let scope = fill(frame, language, &[("id", id)]);
    let values: Vec<_> = values.iter().copied().chain([("scope", scope.as_str())]).collect();
    fill(words, language, &values)
}
