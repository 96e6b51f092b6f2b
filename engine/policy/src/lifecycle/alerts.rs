//! What people should hear of in time: a phone that is not opened, echoes that do not come, a import that was forgotten.

use std::time::Duration;

use ponte_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::life::{Life, Link};
use crate::profile::Profile;
use crate::words::{Language, Words};

/// The platform's rules about phones, in force from a date, and when Ponte speaks up.
#[derive(Clone, Debug, PartialEq)]
pub struct PhoneRules {
    /// The day from which they hold, as read.
    pub since: &'static str,
    /// Days after which Meta may disconnect a number whose phone is not opened. Sources: Meta, account_update
    /// (`PRIMARY_INACTIVITY`, "about 14 days"); vendors say 13 to 14.
    pub disconnect_days: u64,
    /// Quiet days after which Ponte speaks up. Its own choice.
    pub alert_days: &'static [u64],
    /// So long without an echo while customers write is worth a hint: staff may answer from a client that is not
    /// mirrored (Windows, WearOS). Its own choice.
    pub no_echoes: Duration,
    /// Contacts and history must be asked for within so long of onboarding. Source: Meta,
    /// onboarding-business-app-users (error 2593108 afterwards).
    pub sync_deadline: Duration,
    /// When Ponte speaks up where nothing has come. Its own choice.
    pub sync_alarm: Duration,
}

/// The rules in force.
pub const PHONE_RULES: PhoneRules = PhoneRules {
    since: "2026-09-11",
    disconnect_days: 14,
    alert_days: &[10, 12, 13],
    no_echoes: Duration::from_secs(48 * 3600),
    sync_deadline: Duration::from_secs(24 * 3600),
    sync_alarm: Duration::from_secs(20 * 3600),
};

const DAY_SECS: u64 = 24 * 3600;

/// What was last heard of a number, by the store; the epoch stands for never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    /// When anything last came from the phone: an echo, a change of the address book, history.
    pub phone: Timestamp,
    /// When the last echo was written.
    pub echo: Timestamp,
    /// When a customer last wrote.
    pub customer: Timestamp,
    /// When a customer first wrote after the last echo.
    pub asked: Timestamp,
    /// When the address book last came.
    pub contacts: Timestamp,
    /// When history last came, or the owner's refusal to share it.
    pub history: Timestamp,
}

/// A number, as far as alerts care.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// How it stands.
    pub life: &'a Life,
    /// What was heard of it.
    pub signs: Signs,
    /// When it was registered with Ponte: nothing could be heard before.
    pub registered_at: Timestamp,
    /// What its provider passes on.
    pub profile: &'static Profile,
}

/// What there is to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "alert", rename_all = "kebab-case")]
pub enum AlertKind {
    /// The phone has given no sign for so many days.
    PhoneQuiet {
        /// Which of [`PhoneRules::alert_days`].
        days: u64,
    },
    /// Customers write, and no answer from the phone is mirrored.
    NoEchoes,
    /// Nothing was imported, and soon nothing can be.
    SyncMissing,
}

/// Something to say, and the spell that it is about: another spell is another alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// What.
    #[serde(flatten)]
    pub kind: AlertKind,
    /// When the spell began: the last sign, the first unanswered message, the onboarding.
    pub spell: Timestamp,
}

/// An alert that was raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// What.
    #[serde(flatten)]
    pub alert: Alert,
    /// When.
    pub at: Timestamp,
}

impl AlertKind {
    /// The word used in metrics and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PhoneQuiet { .. } => "phone-quiet",
            Self::NoEchoes => "no-echoes",
            Self::SyncMissing => "sync-missing",
        }
    }

    /// Whether having said `self` says `other` too: later warnings of one spell imply the earlier ones.
    fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::PhoneQuiet { days: said }, Self::PhoneQuiet { days }) => said >= days,
            (said, other) => said == other,
        }
    }
}

impl Subject<'_> {
    /// When the phone last gave a sign; `None` if it never did.
    pub fn last_sign(&self) -> Option<Timestamp> {
        let seen = self.signs.phone.max(self.life.proven_at.unwrap_or_default());
        (seen > Timestamp::EPOCH).then_some(seen)
    }

    /// The beginning of the present silence.
    fn quiet_since(&self) -> Timestamp {
        self.last_sign().unwrap_or(self.registered_at)
    }

    /// For how many whole days the phone has given no sign.
    pub fn quiet_days(&self, now: Timestamp) -> u64 {
        now.since(self.quiet_since()).as_secs() / DAY_SECS
    }

    /// Whether contacts or history that the provider passes on have not come since the onboarding.
    pub fn sync_missing(&self) -> bool {
        let Some(onboarded) = self.life.onboarded_at else { return false };
        let missing = |passed_on: bool, came: Timestamp| passed_on && came < onboarded;
        missing(self.profile.contacts.is_yes(), self.signs.contacts)
            || missing(self.profile.history.is_yes(), self.signs.history)
    }
}

/// What is true of a number at `now`, said already or not.
pub fn standing(subject: &Subject<'_>, now: Timestamp) -> Vec<Alert> {
    let rules = &PHONE_RULES;
    let mut all = Vec::new();
    // A broken link is told by its state; a phone whose signs are not passed on cannot be missed.
    let heard = subject.profile.echoes.is_yes() || subject.profile.contacts.is_yes();
    if subject.life.link.now != Link::Up || !heard {
        return all;
    }
    let quiet = subject.quiet_days(now);
    if let Some(days) = rules.alert_days.iter().copied().filter(|days| *days <= quiet).max() {
        all.push(Alert { kind: AlertKind::PhoneQuiet { days }, spell: subject.quiet_since() });
    }
    let Signs { asked, customer, .. } = subject.signs;
    let waiting = asked > Timestamp::EPOCH && now.since(asked) >= rules.no_echoes;
    if subject.profile.echoes.is_yes() && waiting && now.since(customer) < rules.no_echoes {
        all.push(Alert { kind: AlertKind::NoEchoes, spell: asked });
    }
    if let Some(onboarded) = subject.life.onboarded_at
        && (rules.sync_alarm..rules.sync_deadline).contains(&now.since(onboarded))
        && subject.sync_missing()
    {
        all.push(Alert { kind: AlertKind::SyncMissing, spell: onboarded });
    }
    all
}

/// What is to be said now, each once in its spell, and how the record of what was said then looks: to be written
/// before it is said.
pub fn due(subject: &Subject<'_>, now: Timestamp) -> (Vec<Alert>, Vec<Raised>) {
    let true_now = standing(subject, now);
    let said = |alert: &Alert| {
        let mut raised = subject.life.raised.iter();
        raised.any(|raised| raised.alert.spell == alert.spell && raised.alert.kind.covers(alert.kind))
    };
    let new: Vec<_> = true_now.into_iter().filter(|alert| !said(alert)).collect();
    let mut record = subject.life.raised.clone();
    // Of a spell that has ended nothing needs to be known.
    record.retain(|old| {
        let replaced = |alert: &Alert| alert.kind.as_str() == old.alert.kind.as_str() && alert.spell != old.alert.spell;
        !new.iter().any(replaced)
    });
    record.extend(new.iter().map(|&alert| Raised { alert, at: now }));
    (new, record)
}

/// "{days}" and "{limit}" are filled in.
const QUIET: Words = Words {
    pt_br: "último sinal do celular há {days} dias; a Meta pode desconectar um número cujo celular não é aberto por cerca de {limit} dias; abra o aplicativo",
    es: "última señal del teléfono hace {days} días; Meta puede desconectar un número cuyo teléfono no se abre durante unos {limit} días; abra la aplicación",
    en: "last sign of the phone {days} days ago; Meta may disconnect a number whose phone is not opened for about {limit} days; open the app",
};
const RECENT: Words = Words {
    pt_br: "último sinal do celular há {days} dias",
    es: "última señal del teléfono hace {days} días",
    en: "last sign of the phone {days} days ago",
};
const NEVER: Words = Words {
    pt_br: "nenhum sinal do celular desde o registro, há {days} dias; a Meta pode desconectar um número cujo celular não é aberto por cerca de {limit} dias; abra o aplicativo",
    es: "ninguna señal del teléfono desde el registro, hace {days} días; Meta puede desconectar un número cuyo teléfono no se abre durante unos {limit} días; abra la aplicación",
    en: "no sign of the phone since it was registered {days} days ago; Meta may disconnect a number whose phone is not opened for about {limit} days; open the app",
};
const UNSEEN: Words = Words {
    pt_br: "os sinais do celular não são repassados por este provedor: não dá para saber; abra o aplicativo a cada poucos dias",
    es: "este proveedor no transmite señales del teléfono: no se puede saber; abra la aplicación cada pocos días",
    en: "this provider passes on no signs of the phone, so nobody can tell; open the app every few days",
};
const NO_ECHOES: Words = Words {
    pt_br: "clientes escrevem há 48 horas e nenhuma resposta do celular foi espelhada; se alguém respondeu, talvez use um dispositivo não suportado (Windows, WearOS)",
    es: "los clientes escriben desde hace 48 horas y no se reflejó ninguna respuesta del teléfono; si alguien respondió, quizá use un dispositivo no compatible (Windows, WearOS)",
    en: "customers have been writing for 48 hours and no answer from the phone was mirrored; if somebody answered, they may use a device that is not supported (Windows, WearOS)",
};
const SYNC_MISSING: Words = Words {
    pt_br: "contatos ou histórico ainda não chegaram; só podem ser pedidos nas 24 horas após a conexão: peça a sincronização agora",
    es: "los contactos o el historial aún no llegaron; solo se pueden pedir en las 24 horas tras la conexión: pida la sincronización ahora",
    en: "contacts or history have not come yet; they can only be asked for within 24 hours of onboarding: request the synchronisation now",
};

fn filled(words: &Words, language: Language, days: u64) -> String {
    let limit = PHONE_RULES.disconnect_days.to_string();
    words.in_language(language).replace("{days}", &days.to_string()).replace("{limit}", &limit)
}

/// How long the phone has been quiet, in words that claim no more than is known.
pub fn quiet_words(subject: &Subject<'_>, now: Timestamp, language: Language) -> String {
    let days = subject.quiet_days(now);
    let near = PHONE_RULES.alert_days.iter().min().is_some_and(|first| days >= *first);
    let words = match subject.last_sign() {
        _ if !subject.profile.echoes.is_yes() && !subject.profile.contacts.is_yes() => &UNSEEN,
        None => &NEVER,
        Some(_) if near => &QUIET,
        Some(_) => &RECENT,
    };
    filled(words, language, days)
}

impl Alert {
    /// What to tell people.
    pub fn words(&self, subject: &Subject<'_>, now: Timestamp, language: Language) -> String {
        match self.kind {
            AlertKind::PhoneQuiet { .. } => quiet_words(subject, now, language),
            AlertKind::NoEchoes => NO_ECHOES.in_language(language).to_owned(),
            AlertKind::SyncMissing => SYNC_MISSING.in_language(language).to_owned(),
        }
    }
}
