//! How the templates of a package stand in the accounts of the numbers that an installation serves.
//!
//! A template is good in an account when the language of the installation's settings may be sent there, or, where the
//! settings name none that the package brings, any language. Languages that may not be sent beside it are named, and stop
//! nothing.

use std::collections::BTreeMap;

use ponte_model::template::{Category, Definition, Registered, Status};
use ponte_model::{NumberId, WabaId};
use serde::{Deserialize, Serialize};

use super::life::{Accepted, Reason};
use crate::template::same_text;

/// Why one language of a template may not be sent for a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "trouble", rename_all = "kebab-case")]
pub enum Trouble {
    /// Under review.
    Pending,
    /// The account does not have it.
    Missing,
    /// The platform stopped it for some hours.
    Paused,
    /// It is approved in another category than the package declares, and nobody agreed to that.
    Recategorized {
        /// What the package declares.
        from: Category,
        /// What it is.
        to: Category,
    },
    /// The account has another template of that name.
    Differs,
    /// The platform did not even take it for review.
    Refused {
        /// What it said.
        why: String,
    },
    /// Rejected by the review.
    Rejected {
        /// What the platform said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// Stopped for good.
    Disabled,
    /// It cannot be sent: deleted, archived, in appeal …
    Stopped {
        /// The platform's word.
        status: Status,
    },
}

impl Trouble {
    /// The word for it in keys.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Missing => "missing",
            Self::Paused => "paused",
            Self::Recategorized { .. } => "recategorized",
            Self::Differs => "differs",
            Self::Refused { .. } => "refused",
            Self::Rejected { .. } => "rejected",
            Self::Disabled => "disabled",
            Self::Stopped { .. } => "stopped",
        }
    }

    /// How far it is from being good: the first ends by itself, the last need somebody's work.
    pub fn distance(&self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Missing => 1,
            Self::Paused => 2,
            Self::Recategorized { .. } => 3,
            Self::Differs => 4,
            Self::Refused { .. } => 5,
            Self::Rejected { .. } => 6,
            Self::Stopped { .. } => 7,
            Self::Disabled => 8,
        }
    }

    /// Whether the platform judged the template: worth a notice of its own, beside that of the flow.
    pub fn is_verdict(&self) -> bool {
        matches!(
            self,
            Self::Paused | Self::Recategorized { .. } | Self::Rejected { .. } | Self::Disabled | Self::Stopped { .. }
        )
    }
}

/// An account of the numbers that an installation serves.
pub struct Account<'a> {
    /// Which.
    pub waba: &'a WabaId,
    /// Its templates, those with needed names at least; `None` if they were never listed.
    pub templates: Option<Vec<&'a Registered>>,
}

/// What is looked at.
pub struct Question<'a> {
    /// The templates of the package, in all their languages.
    pub needs: &'a [Definition],
    /// The language that the settings name, if they do.
    pub language: Option<&'a str>,
    /// The accounts of the numbers that are served.
    pub accounts: &'a [Account<'a>],
    /// Numbers that are served and whose account is not known.
    pub homeless: &'a [NumberId],
    /// What the platform said to a submission that it did not take: by account, name and language.
    pub refused: &'a dyn Fn(&WabaId, &str, &str) -> Option<String>,
    /// Categories that somebody agreed to.
    pub accepted: &'a [Accepted],
}

/// A template that an account does not have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Absent {
    /// The account.
    pub waba: WabaId,
    /// The template.
    pub name: String,
    /// Its language.
    pub language: String,
}

/// A language of a template that may not be sent, whether that stops the flow or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Short {
    /// The account.
    pub waba: WabaId,
    /// The template.
    pub name: String,
    /// Its language.
    pub language: String,
    /// Why.
    #[serde(flatten)]
    pub trouble: Trouble,
}

/// How the templates stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// What stops the installation.
    pub reasons: Vec<Reason>,
    /// What is to be submitted.
    pub absent: Vec<Absent>,
    /// Every language that may not be sent.
    pub short: Vec<Short>,
}

/// Says what of an installation's templates stops it, and what is to be submitted. A package without templates needs
/// nothing.
pub fn judge(question: &Question<'_>) -> Answer {
    let mut answer = Answer::default();
    if question.needs.is_empty() {
        return answer;
    }
    if question.accounts.is_empty() && question.homeless.is_empty() {
        answer.reasons.push(Reason::NoNumber);
    }
    answer.reasons.extend(question.homeless.iter().map(|number| Reason::NoAccount { number: number.clone() }));
    for account in question.accounts {
        match &account.templates {
            None => answer.reasons.push(Reason::NotListed { waba: account.waba.clone() }),
            Some(templates) => judge_account(question, account.waba, templates, &mut answer),
        }
    }
    answer
}

fn judge_account(question: &Question<'_>, waba: &WabaId, templates: &[&Registered], answer: &mut Answer) {
    let mut by_name: BTreeMap<&str, Vec<&Definition>> = BTreeMap::new();
    for need in question.needs {
        by_name.entry(&need.name).or_default().push(need);
    }
    for (name, languages) in by_name {
        let mut troubles = BTreeMap::new();
        for need in &languages {
            let found = templates
                .iter()
                .find(|one| (one.definition.name.as_str(), &one.definition.language) == (name, &need.language));
            let refused = || (question.refused)(waba, name, &need.language);
            let Some(trouble) = trouble(need, found.copied(), refused, question.accepted) else { continue };
            let (name, language) = (name.to_owned(), need.language.clone());
            if trouble == Trouble::Missing {
                answer.absent.push(Absent { waba: waba.clone(), name: name.clone(), language: language.clone() });
            }
            answer.short.push(Short { waba: waba.clone(), name, language: language.clone(), trouble: trouble.clone() });
            troubles.insert(language, trouble);
        }
        let wanted = question.language.and_then(|wanted| closest(&languages, wanted));
        let good = match wanted {
            Some(language) => !troubles.contains_key(language),
            None => troubles.len() < languages.len(),
        };
        if !good {
            if let Some(language) = wanted {
                troubles.retain(|of, _| of == language);
            }
            answer.reasons.push(Reason::Template { waba: waba.clone(), name: name.to_owned(), troubles });
        }
    }
}

/// The language of the package that fits the settings' best: exactly it, or one of the same kind.
fn closest<'a>(languages: &[&'a Definition], wanted: &str) -> Option<&'a str> {
    let plain = |language: &str| language.replace('-', "_").to_ascii_lowercase();
    let base = |language: &str| plain(language).split('_').next().unwrap_or_default().to_owned();
    let all = || languages.iter().map(|one| one.language.as_str());
    all().find(|one| plain(one) == plain(wanted)).or_else(|| all().find(|one| base(one) == base(wanted)))
}

fn trouble(
    need: &Definition,
    found: Option<&Registered>,
    refused: impl Fn() -> Option<String>,
    accepted: &[Accepted],
) -> Option<Trouble> {
    let Some(found) = found else {
        return Some(refused().map_or(Trouble::Missing, |why| Trouble::Refused { why }));
    };
    if !same_text(need, &found.definition) {
        return Some(Trouble::Differs);
    }
    match &found.status {
        Status::Approved => {}
        Status::Pending => return Some(Trouble::Pending),
        Status::Paused => return Some(Trouble::Paused),
        Status::Disabled => return Some(Trouble::Disabled),
        Status::Rejected => return Some(Trouble::Rejected { why: found.reason.clone() }),
        status => return Some(Trouble::Stopped { status: status.clone() }),
    }
    let (from, to) = (&need.category, &found.definition.category);
    let agreed = || accepted.iter().any(|one| one.name == need.name && one.category == *to);
    // Cheaper and with fewer conditions: what may be sent as marketing may be sent as utility. Everything else changes who
    // may get it, or what it costs.
    let better = *from == Category::Marketing && *to == Category::Utility;
    (from != to && !better && !agreed()).then(|| Trouble::Recategorized { from: from.clone(), to: to.clone() })
}
