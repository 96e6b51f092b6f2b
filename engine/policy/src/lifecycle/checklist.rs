//! What it takes to bring a number from a phone onto the API, and what to do next.
//!
//! Information, never a gate: what nothing tells is `unknown`, and Ponte works all the same.

use ponte_model::Timestamp;
use serde::Serialize;

use super::alerts::Subject;
use super::life::Link;
use crate::profile::Can;
use crate::words::{Language, Words};

/// How an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It is so.
    Done,
    /// It is not so yet.
    ToDo,
    /// It was not so in time, or cannot be so: there is nothing to do.
    Past,
    /// Nothing that Ponte hears of tells.
    Unknown,
}

/// What the items look at.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The number.
    pub subject: Subject<'a>,
    /// Whether the account that it belongs to is known.
    pub has_account: bool,
    /// Whether there is an access token for it, where that can be told.
    pub has_token: Option<bool>,
    /// The moment.
    pub now: Timestamp,
}

/// An item of the list.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// Its name, for scripts.
    pub name: &'static str,
    /// Where it is written.
    pub source: &'static str,
    /// What to do about it.
    pub action: Words,
    answer: fn(&Known<'_>) -> Answer,
}

fn done_if(is: bool) -> Answer {
    if is { Answer::Done } else { Answer::ToDo }
}

/// The number speaks, so whatever had to be true before is true.
fn linked_once(known: &Known<'_>) -> bool {
    known.subject.life.onboarded_at.is_some() || known.subject.last_sign().is_some()
}

/// What only the person at the phone can tell, until the number is linked.
fn by_the_person(known: &Known<'_>) -> Answer {
    if linked_once(known) { Answer::Done } else { Answer::Unknown }
}

fn import(known: &Known<'_>, passed_on: Can, came: Timestamp) -> Answer {
    let onboarded = known.subject.life.onboarded_at;
    if came > Timestamp::EPOCH && onboarded.is_none_or(|at| came >= at) {
        return Answer::Done;
    }
    match (passed_on, onboarded) {
        (Can::No, _) => Answer::Past,
        (_, Some(at)) if known.now.since(at) >= super::PHONE_RULES.sync_deadline => Answer::Past,
        (_, Some(_)) => Answer::ToDo,
        (_, None) => Answer::Unknown,
    }
}

/// The list, in the order in which things are done. Dated: September 2026.
pub const CHECKLIST: &[Item] = &[
    Item {
        name: "app-version",
        source: "Meta: onboarding-business-app-users (2.24.17 or later)",
        action: Words {
            pt_br: "atualize o WhatsApp Business no celular (versão 2.24.17 ou mais nova)",
            es: "actualice WhatsApp Business en el teléfono (versión 2.24.17 o posterior)",
            en: "update the WhatsApp Business app on the phone (2.24.17 or later)",
        },
        answer: by_the_person,
    },
    Item {
        name: "country",
        source: "Meta: onboarding-business-app-users (December 2025 excludes Nigeria and South Africa; September 2026 has no list)",
        action: Words {
            pt_br: "confirme com o provedor que o país do número é aceito",
            es: "confirme con el proveedor que se admite el país del número",
            en: "ask the provider whether the country of the number is supported",
        },
        answer: by_the_person,
    },
    Item {
        name: "prior-use",
        source: "vendors say 7 days of real use; Meta names no figure",
        action: Words {
            pt_br: "use o número no aplicativo por pelo menos 7 dias antes de conectar",
            es: "use el número en la aplicación al menos 7 días antes de conectarlo",
            en: "use the number in the app for at least 7 days before linking it",
        },
        answer: by_the_person,
    },
    Item {
        name: "portfolio",
        source: "Meta: onboarding-business-app-users",
        action: Words {
            pt_br: "crie um portfólio empresarial na Meta e informe a conta com `ponte number add … --waba ID`",
            es: "cree un portafolio comercial en Meta e indique la cuenta con `ponte number add … --waba ID`",
            en: "make a Meta business portfolio and name the account: `ponte number add … --waba ID`",
        },
        answer: |known| done_if(known.has_account),
    },
    Item {
        name: "link",
        source: "Meta: onboarding-business-app-users, reconnect-offboarded-coexistence-clients",
        action: Words {
            pt_br: "conecte o número no cadastro do provedor: abra a mensagem do Facebook no aplicativo, toque em Conectar e confirme (se o código ou QR expirou, comece de novo; se o número já está ligado a outro parceiro, desconecte em Configurações → Conta → Plataforma comercial)",
            es: "conecte el número en el registro del proveedor: abra el mensaje de Facebook en la aplicación, toque Conectar y confirme (si el código o QR venció, empiece de nuevo; si el número ya está vinculado a otro socio, desconéctelo en Ajustes → Cuenta → Plataforma empresarial)",
            en: "link the number in the provider's sign-up: open Facebook's message in the app, tap Connect and confirm (if the code or QR has expired, begin anew; if the number is linked to another partner, disconnect it under Settings → Account → Business Platform)",
        },
        answer: |known| match known.subject.life.link.now {
            Link::Up if linked_once(known) => Answer::Done,
            Link::Up => Answer::Unknown,
            Link::Offboarded | Link::Removed { .. } => Answer::ToDo,
        },
    },
    Item {
        name: "token",
        source: "Ponte",
        action: Words {
            pt_br: "defina o token de acesso: PONTE_ACCESS_TOKEN ou PONTE_ACCESS_TOKEN_<número>",
            es: "defina el token de acceso: PONTE_ACCESS_TOKEN o PONTE_ACCESS_TOKEN_<número>",
            en: "set the access token: PONTE_ACCESS_TOKEN or PONTE_ACCESS_TOKEN_<number>",
        },
        answer: |known| known.has_token.map_or(Answer::Unknown, done_if),
    },
    Item {
        name: "contacts",
        source: "Meta: smb_app_data, once and within 24 hours",
        action: Words {
            pt_br: "peça a sincronização dos contatos (smb_app_data, smb_app_state_sync), uma única vez, nas 24 horas após a conexão",
            es: "pida la sincronización de los contactos (smb_app_data, smb_app_state_sync), una sola vez, en las 24 horas tras la conexión",
            en: "request the contacts (smb_app_data, smb_app_state_sync), once only, within 24 hours of linking",
        },
        answer: |known| import(known, known.subject.profile.contacts, known.subject.signs.contacts),
    },
    Item {
        name: "history",
        source: "Meta: smb_app_data, once and within 24 hours",
        action: Words {
            pt_br: "peça a sincronização do histórico (smb_app_data, history), uma única vez, nas 24 horas após a conexão",
            es: "pida la sincronización del historial (smb_app_data, history), una sola vez, en las 24 horas tras la conexión",
            en: "request the history (smb_app_data, history), once only, within 24 hours of linking",
        },
        answer: |known| import(known, known.subject.profile.history, known.subject.signs.history),
    },
    Item {
        name: "echo",
        source: "Meta: smb_message_echoes; linked devices except Windows and WearOS",
        action: Words {
            pt_br: "escreva uma mensagem no aplicativo para ver se ela é espelhada (campo smb_message_echoes); vincule de novo os aparelhos conectados, exceto Windows e WearOS",
            es: "escriba un mensaje en la aplicación para ver si se refleja (campo smb_message_echoes); vuelva a vincular los dispositivos, salvo Windows y WearOS",
            en: "write a message in the app to see whether it is mirrored (field smb_message_echoes); link the companion devices again, save Windows and WearOS",
        },
        answer: |known| match known.subject.profile.echoes {
            _ if known.subject.signs.echo > Timestamp::EPOCH => Answer::Done,
            Can::No => Answer::Past,
            Can::Yes | Can::Unknown => Answer::ToDo,
        },
    },
];

/// An item and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The item.
    pub item: &'static str,
    /// How it stands.
    pub answer: Answer,
    /// What to do about it.
    pub action: &'static str,
}

/// How each item stands, and what to do next: the first that is to be done, else the first of which nothing is known.
pub fn checklist(known: &Known<'_>, language: Language) -> (Vec<Line>, Option<&'static str>) {
    let line =
        |item: &Item| Line { item: item.name, answer: (item.answer)(known), action: item.action.in_language(language) };
    let lines: Vec<_> = CHECKLIST.iter().map(line).collect();
    let first = |answer: Answer| lines.iter().find(|line| line.answer == answer).map(|line| line.action);
    let next = first(Answer::ToDo).or_else(|| first(Answer::Unknown));
    (lines, next)
}
