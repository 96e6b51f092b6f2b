//! The conditions of a rule, ready to be asked.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::fmt::Display;
use std::sync::Arc;

use ponte_model::{InstallationId, NumberId, Owner, Referral, Timestamp};

use super::document::Acquaintance;
use super::question::{is_media, kind, message};
use super::words::{Phrase, words};
use super::{Question, bucket};
use crate::hours::Hours;

/// A question, and what is worked out about it at most once.
pub(super) struct Asking<'a> {
    pub(super) question: &'a Question<'a>,
    words: OnceCell<Vec<String>>,
}

impl<'a> Asking<'a> {
    pub(super) fn new(question: &'a Question<'a>) -> Self {
        Self { question, words: OnceCell::new() }
    }

    fn words(&self) -> &[String] {
        self.words.get_or_init(|| {
            let text = message(self.question.event).and_then(|message| message.content.text());
            text.map(words).unwrap_or_default()
        })
    }

    fn referral(&self) -> Option<&Referral> {
        message(self.question.event)?.referral.as_deref()
    }
}

/// Whose hours.
#[derive(Clone, Debug)]
pub(super) enum Clock {
    Named(String, Arc<Hours>),
    /// Those of the flow that the rule names.
    Of(InstallationId),
}

/// One condition.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    Lists(Vec<String>, HashSet<String>),
    Tags(Vec<String>),
    Sectors(Vec<String>),
    Units(Vec<String>),
    Numbers(Vec<NumberId>),
    Hours { open: bool, by: Clock },
    Kinds(Vec<String>),
    Keywords(Vec<Phrase>),
    Languages { codes: Vec<String>, words: Vec<Phrase> },
    Ad(bool),
    AdSources(Vec<String>),
    Campaign(bool),
    Campaigns(Vec<String>),
    Contact(Acquaintance),
    Owners(Vec<Owner>),
    Percent { plan: String, below: u8 },
    From(Timestamp),
    Until(Timestamp),
}

/// How a tag says which language somebody speaks.
const LANGUAGE_TAG: &str = "language:";

impl Condition {
    pub(super) fn holds(&self, asking: &Asking<'_>) -> bool {
        let question = asking.question;
        let person = &question.person;
        let number = question.number.as_ref();
        let is_one = |of: &[String], value: Option<&str>| value.is_some_and(|value| of.iter().any(|one| one == value));
        match self {
            Self::Lists(_, members) => person.names().any(|name| members.contains(name)),
            Self::Tags(tags) => person.tags.iter().any(|tag| tags.contains(tag)),
            Self::Sectors(sectors) => is_one(sectors, number.and_then(|number| number.sector)),
            Self::Units(units) => is_one(units, number.and_then(|number| number.unit)),
            Self::Numbers(numbers) => question.event.number_id.as_ref().is_some_and(|id| numbers.contains(id)),
            Self::Hours { open, by } => is_open(by, question) == Some(*open),
            Self::Kinds(kinds) => {
                let kind = kind(question.event);
                kinds.iter().any(|one| one == kind || (one == "media" && is_media(kind)))
            }
            Self::Keywords(phrases) => phrases.iter().any(|phrase| phrase.is_in(asking.words())),
            Self::Languages { codes, words } => match spoken(person.tags) {
                Some(spoken) => codes.iter().any(|code| code == spoken),
                None => words.iter().any(|phrase| phrase.is_in(asking.words())),
            },
            Self::Ad(wanted) => asking.referral().is_some() == *wanted,
            Self::AdSources(sources) => is_one(sources, asking.referral().and_then(|ad| ad.source_id.as_deref())),
            Self::Campaign(wanted) => question.campaign.is_some() == *wanted,
            Self::Campaigns(names) => is_one(names, question.campaign),
            Self::Contact(wanted) => (*wanted == Acquaintance::New) == question.first_contact,
            Self::Owners(owners) => owners.contains(&question.owner),
            Self::Percent { plan, below } => person.id.is_some_and(|id| bucket(plan, id) < *below),
            Self::From(from) => question.event.at >= *from,
            Self::Until(until) => question.event.at < *until,
        }
    }

    /// What it wants, in words.
    pub(super) fn wants(&self) -> String {
        match self {
            Self::Lists(names, _) => format!("in list {}", or(names)),
            Self::Tags(tags) => format!("tag {}", or(tags)),
            Self::Sectors(sectors) => format!("sector {}", or(sectors)),
            Self::Units(units) => format!("unit {}", or(units)),
            Self::Numbers(numbers) => format!("number {}", or(numbers)),
            Self::Hours { open, by } => {
                let by = match by {
                    Clock::Named(name, _) => format!("calendar {name}"),
                    Clock::Of(flow) => format!("the hours of {flow}"),
                };
                format!("{} by {by}", if *open { "open" } else { "closed" })
            }
            Self::Kinds(kinds) => format!("kind {}", or(kinds)),
            Self::Keywords(phrases) => {
                let written: Vec<_> = phrases.iter().map(|phrase| &phrase.written).collect();
                format!("keyword {}", or(&written))
            }
            Self::Languages { codes, .. } => format!("language {}", or(codes)),
            Self::Ad(true) => "opened by an ad".to_owned(),
            Self::Ad(false) => "not opened by an ad".to_owned(),
            Self::AdSources(sources) => format!("ad {}", or(sources)),
            Self::Campaign(true) => "answers a template of ours".to_owned(),
            Self::Campaign(false) => "answers no template of ours".to_owned(),
            Self::Campaigns(names) => format!("answers template {}", or(names)),
            Self::Contact(Acquaintance::New) => "new contact".to_owned(),
            Self::Contact(Acquaintance::Returning) => "returning contact".to_owned(),
            Self::Owners(owners) => format!("owner {}", or(owners)),
            Self::Percent { plan, below } => format!("among {below} % of contacts by plan {plan}"),
            Self::From(from) => format!("from {from}"),
            Self::Until(until) => format!("before {until}"),
        }
    }

    /// What there is instead, in words.
    pub(super) fn found(&self, asking: &Asking<'_>) -> String {
        let question = asking.question;
        let number = question.number.as_ref();
        match self {
            Self::Lists(..) => "the contact is in none of them".to_owned(),
            Self::Tags(_) if question.person.tags.is_empty() => "the contact has no tags".to_owned(),
            Self::Tags(_) => format!("the contact has {}", or(question.person.tags)),
            Self::Sectors(_) => said("the number's sector", number.and_then(|number| number.sector)),
            Self::Units(_) => said("the number's unit", number.and_then(|number| number.unit)),
            Self::Numbers(_) => said("the number", question.event.number_id.as_ref()),
            Self::Hours { by, .. } => match is_open(by, question) {
                Some(true) => format!("it was open at {}", question.event.at),
                Some(false) => format!("it was closed at {}", question.event.at),
                None => "that flow has no hours here".to_owned(),
            },
            Self::Kinds(_) => format!("it is {}", kind(question.event)),
            Self::Keywords(_) if asking.words().is_empty() => "it has no text".to_owned(),
            Self::Keywords(_) => "the text has none of them".to_owned(),
            Self::Languages { .. } => match spoken(question.person.tags) {
                Some(code) => format!("the contact's tag says {code}"),
                None => "neither a tag nor a declared word tells".to_owned(),
            },
            Self::Ad(true) => "no ad referral".to_owned(),
            Self::Ad(false) => "it has an ad referral".to_owned(),
            Self::AdSources(_) => said("the ad", asking.referral().and_then(|ad| ad.source_id.as_deref())),
            Self::Campaign(_) | Self::Campaigns(_) => said("the template answered", question.campaign),
            Self::Contact(Acquaintance::New) => "the contact was heard of before".to_owned(),
            Self::Contact(Acquaintance::Returning) => "it is the first contact".to_owned(),
            Self::Owners(_) => format!("the owner is {}", question.owner),
            Self::Percent { plan, .. } => {
                said("the contact's bucket (0 to 99)", question.person.id.map(|id| bucket(plan, id)))
            }
            Self::From(_) | Self::Until(_) => format!("it happened at {}", question.event.at),
        }
    }

    /// Whether it asks for what only the store knows of a person.
    pub(super) fn needs_person(&self) -> bool {
        matches!(self, Self::Lists(..) | Self::Tags(_) | Self::Languages { .. })
    }

    /// Whether it asks which of our messages is answered.
    pub(super) fn needs_campaign(&self) -> bool {
        matches!(self, Self::Campaign(_) | Self::Campaigns(_))
    }
}

fn is_open(by: &Clock, question: &Question<'_>) -> Option<bool> {
    match by {
        Clock::Named(_, hours) => Some(hours.period_at(question.event.at).open),
        Clock::Of(flow) => question.candidates.iter().find(|candidate| candidate.installation == flow)?.open,
    }
}

fn spoken(tags: &[String]) -> Option<&str> {
    tags.iter().find_map(|tag| tag.strip_prefix(LANGUAGE_TAG))
}

fn or<T: Display>(values: &[T]) -> String {
    values.iter().map(T::to_string).collect::<Vec<_>>().join(" or ")
}

fn said<T: Display>(what: &str, value: Option<T>) -> String {
    value.map_or_else(|| format!("{what} is not known"), |value| format!("{what} is {value}"))
}
