//! What the shop is told: what, and what to do, in its three languages. Each notice has a key; while one with that key is
//! open, the same is not said again. Whoever keeps them closes a notice when its reason is gone.

mod words;

use ponte_model::{InstallationId, Money, NumberId, Scope, Timestamp, WabaId};
use serde::{Deserialize, Serialize};

use crate::flows::{Short, Stop, Trouble};
use crate::lifecycle::{Alert, Subject};
use crate::money::Warning;
use crate::words::Language;

/// A text in each language, filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// In Brazilian Portuguese.
    #[serde(rename = "pt-BR")]
    pub pt_br: String,
    /// In Spanish.
    pub es: String,
    /// In English.
    pub en: String,
}

impl Said {
    /// Says something in each language.
    pub fn each(say: impl Fn(Language) -> String) -> Self {
        Self { pt_br: say(Language::PtBr), es: say(Language::Es), en: say(Language::En) }
    }

    /// In one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::PtBr => &self.pt_br,
            Language::Es => &self.es,
            Language::En => &self.en,
        }
    }
}

/// Something to tell the shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// One open notice a key.
    pub key: String,
    /// The sort of notice: `flow-waiting`, `flow-paused`, `flow-live`, `flow-resumed`, `template`, `budget-soft`,
    /// `budget-hard`, or that of an alert of a number.
    pub kind: String,
    /// What.
    pub what: Said,
    /// What to do about it; empty where there is nothing to do.
    pub todo: Said,
    /// When it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// What the keys of notices about stopped flows begin with.
pub const FLOWS: &str = "flow/";

/// What the keys of notices about templates begin with.
pub const TEMPLATES: &str = "template/";

/// What the keys of notices about budgets begin with.
pub const BUDGETS: &str = "budget/";

/// What the keys of notices about a number begin with.
pub fn of_number(number: &NumberId) -> String {
    format!("number/{number}/")
}

impl Notice {
    /// An installation is stopped. `waiting`: it never ran yet.
    pub fn stopped(flow: &InstallationId, stop: &Stop, waiting: bool) -> Self {
        let kind = if waiting { "flow-waiting" } else { "flow-paused" };
        let frame = if waiting { &words::WAITING } else { &words::PAUSED };
        let why = |language| stop.reason.words(flow, language);
        Self {
            key: format!("{FLOWS}{flow}/{kind}/{}", stop.reason.key()),
            kind: kind.to_owned(),
            what: Said::each(|language| {
                words::fill(frame, language, &[("flow", flow.as_str()), ("why", &why(language).0)])
            }),
            todo: Said::each(|language| why(language).1),
            until: None,
        }
    }

    /// An installation runs: for the first time, or again. News, with nothing to do.
    pub fn runs(flow: &InstallationId, first: bool, now: Timestamp) -> Self {
        let (kind, frame) = if first { ("flow-live", &words::LIVE) } else { ("flow-resumed", &words::RESUMED) };
        Self {
            key: format!("{kind}/{flow}/{}", now.as_millis()),
            kind: kind.to_owned(),
            what: Said::each(|language| words::fill(frame, language, &[("flow", flow.as_str())])),
            todo: Said::default(),
            until: Some(now),
        }
    }

    /// The platform judged a template that an installation brings.
    pub fn verdict(short: &Short, flow: &InstallationId) -> Self {
        let Short { waba, name, language: of, trouble } = short;
        let said = |language| trouble.words(flow.as_str(), language);
        let begin = |language, what: &str| crate::flows::template(name, of, waba.as_str(), what, language);
        Self {
            key: template_key(waba, name, of, trouble),
            kind: "template".to_owned(),
            what: Said::each(|language| begin(language, &said(language).0)),
            todo: Said::each(|language| said(language).1),
            until: None,
        }
    }

    /// A day's money has passed its soft limit.
    pub fn soft(warning: &Warning, until: Timestamp) -> Self {
        let (limit, used) = (warning.limit.to_string(), warning.used.to_string());
        let values = [("limit", limit.as_str()), ("used", used.as_str())];
        Self {
            key: budget_key("soft", &warning.scope, warning.limit, until),
            kind: "budget-soft".to_owned(),
            what: Said::each(|language| words::of_budget(&words::SOFT, &warning.scope, language, &values)),
            todo: Said::each(|language| words::SOFT_TODO.in_language(language).to_owned()),
            until: Some(until),
        }
    }

    /// A hard limit lets nothing out that costs.
    pub fn hard(scope: &Scope, limit: Money, until: Timestamp) -> Self {
        let shown = limit.to_string();
        let values = [("limit", shown.as_str())];
        Self {
            key: budget_key("hard", scope, limit, until),
            kind: "budget-hard".to_owned(),
            what: Said::each(|language| words::of_budget(&words::HARD, scope, language, &values)),
            todo: Said::each(|language| words::HARD_TODO.in_language(language).to_owned()),
            until: Some(until),
        }
    }

    /// An alert of a number.
    pub fn number(number: &NumberId, alert: &Alert, subject: &Subject<'_>, now: Timestamp) -> Self {
        let kind = alert.kind.as_str();
        let days = match alert.kind {
            crate::lifecycle::AlertKind::PhoneQuiet { days } => format!("-{days}"),
            _ => String::new(),
        };
        let say = |language| format!("{number}: {}", alert.words(subject, now, language));
        Self {
            key: format!("{}{kind}{days}/{}", of_number(number), alert.spell.as_millis()),
            kind: kind.to_owned(),
            what: Said::each(say),
            todo: Said::default(),
            until: None,
        }
    }
}

fn template_key(waba: &WabaId, name: &str, language: &str, trouble: &Trouble) -> String {
    format!("{TEMPLATES}{waba}/{name}/{language}/{}", trouble.as_str())
}

/// What the key of a notice about a limit begins with, whatever the day.
pub fn limit_key(kind: &str, scope: &Scope, limit: Money) -> String {
    format!("{BUDGETS}{kind}/{scope}/{}{}/", limit.currency, limit.micros)
}

fn budget_key(kind: &str, scope: &Scope, limit: Money, until: Timestamp) -> String {
    format!("{}{}", limit_key(kind, scope, limit), until.as_millis())
}
