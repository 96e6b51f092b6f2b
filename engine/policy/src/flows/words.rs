//! What stops an installation, in words: what it is, and what to do about it.

use ponte_model::InstallationId;
use ponte_model::template::Category;

use super::life::{Reason, Stop};
use super::need::Trouble;
use crate::words::{Language, Words};

/// What is so, and what to do.
struct Pair(Words, Words);

const fn words(pt_br: &'static str, es: &'static str, en: &'static str) -> Words {
    Words { pt_br, es, en }
}

const OPERATOR: Pair = Pair(
    words("foi pausado por uma pessoa: {why}", "una persona lo pausó: {why}", "somebody paused it: {why}"),
    words(
        "`ponte flow resume {flow}` o põe de volta em funcionamento",
        "`ponte flow resume {flow}` lo pone de nuevo en marcha",
        "`ponte flow resume {flow}` lets it run again",
    ),
);
const NO_NUMBER: Pair = Pair(
    words(
        "traz modelos de mensagem e não atende nenhum número",
        "trae plantillas y no atiende ningún número",
        "it brings templates and serves no number",
    ),
    words(
        "registre um número com `ponte number add`",
        "registre un número con `ponte number add`",
        "register a number with `ponte number add`",
    ),
);
const NO_ACCOUNT: Pair = Pair(
    words(
        "não se sabe a qual conta do WhatsApp o número {number} pertence",
        "no se sabe a qué cuenta de WhatsApp pertenece el número {number}",
        "it is not known which WhatsApp account number {number} belongs to",
    ),
    words(
        "diga com `ponte number add {number} --waba ID`",
        "dígalo con `ponte number add {number} --waba ID`",
        "say so with `ponte number add {number} --waba ID`",
    ),
);
const NOT_LISTED: Pair = Pair(
    words(
        "os modelos da conta {waba} ainda não foram lidos da Meta",
        "las plantillas de la cuenta {waba} aún no se leyeron de Meta",
        "the templates of account {waba} were not read from Meta yet",
    ),
    words(
        "a Ponte tenta de novo em minutos; se demorar, `ponte template sync` diz por quê",
        "Ponte lo intenta de nuevo en minutos; si tarda, `ponte template sync` dice por qué",
        "Ponte tries again within minutes; if it takes longer, `ponte template sync` says why",
    ),
);
const BUDGET: Pair = Pair(
    words(
        "atingiu o limite diário de {limit}; volta no dia seguinte",
        "alcanzó el límite diario de {limit}; vuelve al día siguiente",
        "it reached the limit of {limit} a day; it goes on the next day",
    ),
    words(
        "atenda pelo celular até lá, ou aumente o limite com `ponte money budget`",
        "atienda desde el teléfono hasta entonces, o suba el límite con `ponte money budget`",
        "answer from the phone until then, or raise the limit with `ponte money budget`",
    ),
);
const TEMPLATE: Words = words(
    "o modelo {template} ({language}, conta {waba}) {trouble}",
    "la plantilla {template} ({language}, cuenta {waba}) {trouble}",
    "template {template} ({language}, account {waba}) {trouble}",
);

fn of(trouble: &Trouble) -> Pair {
    match trouble {
        Trouble::Pending => Pair(
            words("está em análise na Meta", "está en revisión en Meta", "is under review at Meta"),
            words(
                "nada; a análise costuma levar menos de 24 horas",
                "nada; la revisión suele tardar menos de 24 horas",
                "nothing; a review mostly takes less than 24 hours",
            ),
        ),
        Trouble::Missing => Pair(
            words(
                "ainda não foi enviado para análise",
                "aún no se envió a revisión",
                "was not submitted for review yet",
            ),
            words(
                "a Ponte o envia por si; com `--no-submit`, envie com `ponte template submit`",
                "Ponte la envía por sí sola; con `--no-submit`, envíela con `ponte template submit`",
                "Ponte submits it by itself; with `--no-submit`, do it with `ponte template submit`",
            ),
        ),
        Trouble::Paused => Pair(
            words(
                "foi pausado pela Meta depois de avaliações ruins",
                "fue pausada por Meta tras malas valoraciones",
                "was paused by Meta after bad feedback",
            ),
            words(
                "nada; a Meta o libera em 3 a 6 horas. Envie-o a menos pessoas",
                "nada; Meta la libera en 3 a 6 horas. Envíela a menos personas",
                "nothing; Meta lifts it after 3 to 6 hours. Send it to fewer people",
            ),
        ),
        Trouble::Recategorized { .. } => Pair(
            words(
                "passou da categoria {from} para {to}: o preço e quem pode recebê-lo mudaram",
                "pasó de la categoría {from} a {to}: cambiaron el precio y quién puede recibirla",
                "went from category {from} to {to}: its price and who may get it have changed",
            ),
            words(
                "peça uma revisão no WhatsApp Manager (até 60 dias), ou aceite com `ponte flow resume {flow} --accept-category`",
                "pida una revisión en WhatsApp Manager (hasta 60 días), o acepte con `ponte flow resume {flow} --accept-category`",
                "ask for a review in WhatsApp Manager (within 60 days), or agree with `ponte flow resume {flow} --accept-category`",
            ),
        ),
        Trouble::Differs => Pair(
            words(
                "já existe na conta com outro texto",
                "ya existe en la cuenta con otro texto",
                "exists in the account already, with another text",
            ),
            words(
                "edite-o no WhatsApp Manager para que diga o mesmo, ou apague-o (o nome fica bloqueado por 30 dias)",
                "edítela en WhatsApp Manager para que diga lo mismo, o bórrela (el nombre queda bloqueado 30 días)",
                "edit it in WhatsApp Manager so that it says the same, or delete it (its name is blocked for 30 days then)",
            ),
        ),
        Trouble::Refused { .. } => Pair(
            words(
                "não foi aceito para análise: {why}",
                "no fue aceptada para revisión: {why}",
                "was not taken for review: {why}",
            ),
            words(
                "corrija a causa e instale o fluxo de novo",
                "corrija la causa e instale el flujo de nuevo",
                "mend the cause and install the flow again",
            ),
        ),
        Trouble::Rejected { .. } => Pair(
            words("foi rejeitado pela Meta{why}", "fue rechazada por Meta{why}", "was rejected by Meta{why}"),
            words(
                "edite-o ou conteste no WhatsApp Manager; uma nova versão do fluxo pode trazer outro texto",
                "edítela o apele en WhatsApp Manager; una nueva versión del flujo puede traer otro texto",
                "edit it or appeal in WhatsApp Manager; a new version of the flow may bring another text",
            ),
        ),
        Trouble::Disabled => Pair(
            words(
                "foi desativado pela Meta em definitivo",
                "fue desactivada por Meta de forma definitiva",
                "was disabled by Meta for good",
            ),
            words(
                "conteste no WhatsApp Manager, ou use uma versão do fluxo com outro modelo",
                "apele en WhatsApp Manager, o use una versión del flujo con otra plantilla",
                "appeal in WhatsApp Manager, or use a version of the flow with another template",
            ),
        ),
        Trouble::Stopped { .. } => Pair(
            words("não pode ser enviado: {status}", "no se puede enviar: {status}", "cannot be sent: {status}"),
            words(
                "veja o modelo no WhatsApp Manager",
                "vea la plantilla en WhatsApp Manager",
                "look at the template in WhatsApp Manager",
            ),
        ),
    }
}

fn filled(words: &Words, language: Language, values: &[(&str, &str)]) -> String {
    let mut text = words.in_language(language).to_owned();
    for (place, value) in values {
        text = text.replace(&format!("{{{place}}}"), value);
    }
    text
}

impl Trouble {
    /// What is wrong with a template, to go on after its name; and what to do. `flow` is the installation that is stopped.
    pub fn words(&self, flow: &str, language: Language) -> (String, String) {
        let Pair(what, todo) = of(self);
        let word = |category: &Category| category.to_string();
        let (mut why, mut from, mut to, mut stands) = (String::new(), String::new(), String::new(), String::new());
        match self {
            Self::Recategorized { from: was, to: is } => (from, to) = (word(was), word(is)),
            Self::Refused { why: said } => why.clone_from(said),
            Self::Rejected { why: said } => why = said.as_ref().map(|why| format!(" ({why})")).unwrap_or_default(),
            Self::Stopped { status } => stands = status.to_string(),
            _ => {}
        }
        let values: [(&str, &str); 5] =
            [("why", &why), ("from", &from), ("to", &to), ("status", &stands), ("flow", flow)];
        (filled(&what, language, &values), filled(&todo, language, &values))
    }
}

/// A template in words, to begin a sentence about it.
pub(crate) fn template(name: &str, of: &str, waba: &str, trouble: &str, language: Language) -> String {
    filled(&TEMPLATE, language, &[("template", name), ("language", of), ("waba", waba), ("trouble", trouble)])
}

impl Reason {
    /// What it is, and what to do about it.
    pub fn words(&self, flow: &InstallationId, language: Language) -> (String, String) {
        let (pair, values): (_, Vec<(&str, String)>) = match self {
            Self::Operator { why } => (OPERATOR, vec![("why", why.clone())]),
            Self::NoNumber => (NO_NUMBER, Vec::new()),
            Self::NoAccount { number } => (NO_ACCOUNT, vec![("number", number.to_string())]),
            Self::NotListed { waba } => (NOT_LISTED, vec![("waba", waba.to_string())]),
            Self::Budget { limit, .. } => (BUDGET, vec![("limit", limit.to_string())]),
            Self::Template { waba, name, troubles } => {
                let said = troubles.iter().map(|(of, trouble)| {
                    let what = trouble.words(flow.as_str(), language).0;
                    template(name, of, waba.as_str(), &what, language)
                });
                let todo = self.nearest().map(|(_, trouble)| trouble.words(flow.as_str(), language).1);
                return (said.collect::<Vec<_>>().join("; "), todo.unwrap_or_default());
            }
        };
        let mut values: Vec<(&str, &str)> = values.iter().map(|(place, value)| (*place, value.as_str())).collect();
        values.push(("flow", flow.as_str()));
        (filled(&pair.0, language, &values), filled(&pair.1, language, &values))
    }
}

impl Stop {
    /// What stops the installation, in English, for decisions and logs.
    pub fn why(&self, flow: &InstallationId) -> String {
        self.reason.words(flow, Language::En).0
    }
}
