//! From the written policy to one that can be asked: everything that is wrong is said at once.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;

use chrono_tz::Tz;

use super::condition::{Clock, Condition};
use super::document::{Fallback, OpenOrClosed, RoutingPolicy, RuleEntry, Stage, Target, When};
use super::question::KINDS;
use super::words::Phrase;
use super::{AppOnly, moment};
use crate::Purposes;
use crate::hours::Hours;

/// A policy, ready to be asked. Made once, asked for each event.
#[derive(Clone, Debug, Default)]
pub struct Routing {
    pub(super) app_only: AppOnly,
    pub(super) purposes: Purposes,
    /// Empty: no transition under way.
    pub(super) stages: Vec<Ready>,
    pub(super) rules: Vec<Ready>,
    pub(super) default: Fallback,
}

/// A rule, ready to be asked.
#[derive(Clone, Debug)]
pub(super) struct Ready {
    pub(super) name: String,
    pub(super) to: Target,
    pub(super) why: String,
    pub(super) conditions: Vec<Condition>,
}

/// Something in a policy that is not right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyProblem {
    /// Where, as a path: `rules[2].when.percent`.
    pub at: String,
    /// What is wrong and what would be right.
    pub why: String,
}

impl fmt::Display for PolicyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.why)
    }
}

/// A policy that cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PolicyError {
    /// It is not TOML, or has fields that no policy has.
    #[error("{0}")]
    Unreadable(String),
    /// It says what cannot be.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Wrong(Vec<PolicyProblem>),
}

impl RoutingPolicy {
    /// Reads a policy file, and checks it.
    ///
    /// # Errors
    /// Where it is no TOML, or everything in it that is wrong.
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = toml::from_str(text).map_err(|error| PolicyError::Unreadable(error.to_string()))?;
        Routing::compile(&policy)?;
        Ok(policy)
    }

    /// As a file.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a policy is plain data")
    }
}

impl Routing {
    /// Makes a policy ready.
    ///
    /// # Errors
    /// Everything in it that is wrong.
    pub fn compile(policy: &RoutingPolicy) -> Result<Self, PolicyError> {
        let mut reader = Reader { policy, zone: Tz::UTC, calendars: BTreeMap::new(), problems: Vec::new() };
        reader.zones_and_calendars();
        reader.names();
        let stages = policy.stages.iter().enumerate().map(|(index, stage)| reader.stage(index, stage)).collect();
        let rules = policy.rules.iter().enumerate().map(|(index, rule)| reader.rule(index, rule)).collect();
        if !reader.problems.is_empty() {
            return Err(PolicyError::Wrong(reader.problems));
        }
        Ok(Self {
            app_only: policy.app_only.clone(),
            purposes: Purposes::of(&policy.on_phone.templates),
            stages,
            rules,
            default: policy.default.clone(),
        })
    }

    /// For a policy that cannot be read any more: nothing is automated.
    pub fn closed(why: impl Into<String>) -> Self {
        let default = Fallback { to: Target::App, why: Some(why.into()) };
        Self { app_only: AppOnly { tenant: true, ..AppOnly::default() }, default, ..Self::default() }
    }

    /// Whether any rule asks for tags, or for ids of a person that an event may not name.
    pub fn needs_person(&self) -> bool {
        self.conditions().any(Condition::needs_person)
    }

    /// Whether any rule asks which of our messages is answered.
    pub fn needs_campaign(&self) -> bool {
        self.conditions().any(Condition::needs_campaign)
    }

    /// The installations that rules name.
    pub fn flows(&self) -> impl Iterator<Item = &ponte_model::InstallationId> {
        let targets = self.rules.iter().map(|rule| &rule.to).chain([&self.default.to]);
        targets.filter_map(|to| if let Target::Flow(flow) = to { Some(flow) } else { None })
    }

    fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.stages.iter().chain(&self.rules).flat_map(|rule| &rule.conditions)
    }
}

struct Reader<'a> {
    policy: &'a RoutingPolicy,
    zone: Tz,
    calendars: BTreeMap<&'a str, Arc<Hours>>,
    problems: Vec<PolicyProblem>,
}

impl Reader<'_> {
    fn wrong(&mut self, at: impl Into<String>, why: impl Into<String>) {
        self.problems.push(PolicyProblem { at: at.into(), why: why.into() });
    }

    fn zones_and_calendars(&mut self) {
        let zone = self.policy.timezone.as_deref().unwrap_or("UTC");
        // A calendar that never opens, for its opinion of the zone.
        match Hours::parse(zone, &["never".to_owned()], &[]) {
            Ok(hours) => self.zone = hours.zone(),
            Err(error) => self.wrong("timezone", format!("`{}` {}; {}", error.piece, error.why, error.right)),
        }
        for (name, calendar) in &self.policy.calendars {
            let own = calendar.timezone.as_deref().unwrap_or(zone);
            match Hours::parse(own, &calendar.hours, &calendar.holidays) {
                Ok(hours) => drop(self.calendars.insert(name, Arc::new(hours))),
                // The policy's own zone was complained of above.
                Err(error) if calendar.timezone.is_none() && error.piece == zone => {}
                Err(error) => self.wrong(format!("calendars.{name}"), error.to_string()),
            }
        }
    }

    /// Names are what decisions go by, so they are there, short, and each given once.
    fn names(&mut self) {
        let rules = self.policy.rules.iter().map(|rule| &rule.name).enumerate();
        let stages = self.policy.stages.iter().map(|stage| &stage.name).enumerate();
        let named = rules.map(|(index, name)| ("rules", index, name));
        let named: Vec<_> = named.chain(stages.map(|(index, name)| ("stages", index, name))).collect();
        let mut seen = HashSet::new();
        for (table, index, name) in named {
            let at = format!("{table}[{index}].name");
            if name.trim().is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
                self.wrong(at, format!("{name:?} is no name; write one to sixty letters"));
            } else if !seen.insert((table, name)) {
                self.wrong(at, format!("{name:?} is taken by another of the {table}; give each a name of its own"));
            }
        }
    }

    fn stage(&mut self, index: usize, stage: &Stage) -> Ready {
        let when = When {
            sectors: stage.sector.iter().cloned().collect(),
            units: stage.unit.iter().cloned().collect(),
            percent: Some(stage.percent),
            from: stage.from.clone(),
            ..When::default()
        };
        let rule = RuleEntry { name: stage.name.clone(), to: Target::Flows, why: None, when };
        self.ready(&format!("stages[{index}]"), &rule)
    }

    fn rule(&mut self, index: usize, rule: &RuleEntry) -> Ready {
        self.ready(&format!("rules[{index}].when"), rule)
    }

    fn ready(&mut self, at: &str, rule: &RuleEntry) -> Ready {
        let conditions = self.conditions(at, rule);
        let wants = || conditions.iter().map(Condition::wants).collect::<Vec<_>>().join(", ");
        let why = rule.why.clone().unwrap_or_else(|| if conditions.is_empty() { "always".to_owned() } else { wants() });
        Ready { name: rule.name.clone(), to: rule.to.clone(), why, conditions }
    }

    /// What is quick to ask comes first.
    fn conditions(&mut self, at: &str, rule: &RuleEntry) -> Vec<Condition> {
        let when = &rule.when;
        let mut all = Vec::new();
        let mut some = |values: &[String], of: fn(Vec<String>) -> Condition| {
            if !values.is_empty() {
                all.push(of(values.to_vec()));
            }
        };
        some(&when.sectors, Condition::Sectors);
        some(&when.units, Condition::Units);
        some(&when.kinds, Condition::Kinds);
        some(&when.ad_sources, Condition::AdSources);
        some(&when.campaigns, Condition::Campaigns);
        some(&when.tags, Condition::Tags);
        if !when.numbers.is_empty() {
            all.push(Condition::Numbers(when.numbers.clone()));
        }
        if !when.owners.is_empty() {
            all.push(Condition::Owners(when.owners.clone()));
        }
        all.extend(when.ad.map(Condition::Ad));
        all.extend(when.campaign.map(Condition::Campaign));
        all.extend(when.contact.map(Condition::Contact));
        for kind in when.kinds.iter().filter(|kind| !KINDS.contains(&kind.as_str())) {
            self.wrong(
                format!("{at}.kinds"),
                format!("{kind:?} is no kind of message; there are: {}", KINDS.join(", ")),
            );
        }
        all.extend(self.date(at, "from", when.from.as_deref(), Condition::From));
        all.extend(self.date(at, "until", when.until.as_deref(), Condition::Until));
        all.extend(self.lists(at, &when.lists));
        all.extend(self.percent(at, rule));
        all.extend(self.hours(at, rule));
        if !when.keywords.is_empty() {
            all.push(Condition::Keywords(self.phrases(&format!("{at}.keywords"), &when.keywords)));
        }
        if !when.languages.is_empty() {
            let policy = self.policy;
            let mut words = Vec::new();
            for code in &when.languages {
                let declared = policy.languages.get(code).map(Vec::as_slice).unwrap_or_default();
                words.extend(self.phrases(&format!("languages.{code}"), declared));
            }
            all.push(Condition::Languages { codes: when.languages.clone(), words });
        }
        all
    }

    fn date(
        &mut self,
        at: &str,
        field: &str,
        text: Option<&str>,
        of: fn(ponte_model::Timestamp) -> Condition,
    ) -> Option<Condition> {
        match moment::parse(text?, self.zone) {
            Ok(moment) => Some(of(moment)),
            Err(why) => {
                self.wrong(format!("{at}.{field}"), why);
                None
            }
        }
    }

    fn lists(&mut self, at: &str, names: &[String]) -> Option<Condition> {
        let mut members = HashSet::new();
        for name in names {
            match self.policy.lists.get(name) {
                Some(list) => members.extend(list.iter().map(|member| member_name(member))),
                None => {
                    let known: Vec<_> = self.policy.lists.keys().map(String::as_str).collect();
                    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                    self.wrong(
                        format!("{at}.lists"),
                        format!("there is no list {name:?}; under [lists] there are: {known}"),
                    );
                }
            }
        }
        (!names.is_empty()).then(|| Condition::Lists(names.to_vec(), members))
    }

    fn percent(&mut self, at: &str, rule: &RuleEntry) -> Option<Condition> {
        if rule.when.plan.is_some() && rule.when.percent.is_none() {
            self.wrong(format!("{at}.plan"), "a plan is what `percent` is counted by; add `percent`, or leave it out");
        }
        let below = rule.when.percent?;
        if below > 100 {
            self.wrong(format!("{at}.percent"), format!("{below} is no percentage; write 0 to 100"));
        }
        let plan = rule.when.plan.clone().unwrap_or_else(|| rule.name.clone());
        Some(Condition::Percent { plan, below })
    }

    fn hours(&mut self, at: &str, rule: &RuleEntry) -> Option<Condition> {
        let by = match (&rule.when.calendar, &rule.to) {
            (Some(name), _) => match self.calendars.get(name.as_str()) {
                Some(hours) => Some(Clock::Named(name.clone(), Arc::clone(hours))),
                // What is wrong with the calendar itself is said elsewhere.
                None if self.policy.calendars.contains_key(name) => None,
                None => {
                    self.wrong(format!("{at}.calendar"), format!("there is no [calendars.{name}]"));
                    None
                }
            },
            (None, Target::Flow(flow)) => Some(Clock::Of(flow.clone())),
            (None, _) => None,
        };
        let Some(wanted) = rule.when.hours else {
            if rule.when.calendar.is_some() {
                self.wrong(
                    format!("{at}.calendar"),
                    "a calendar says nothing by itself; add hours = \"open\" or \"closed\"",
                );
            }
            return None;
        };
        if by.is_none() && rule.when.calendar.is_none() {
            self.wrong(
                format!("{at}.hours"),
                "whose? add calendar = \"NAME\" of a [calendars.NAME]; only a rule to one flow can go by that flow's own",
            );
        }
        Some(Condition::Hours { open: wanted == OpenOrClosed::Open, by: by? })
    }

    fn phrases(&mut self, at: &str, written: &[String]) -> Vec<Phrase> {
        let mut phrases = Vec::new();
        for one in written {
            match Phrase::of(one) {
                Some(phrase) => phrases.push(phrase),
                None => self.wrong(at, format!("{one:?} has no word in it")),
            }
        }
        phrases
    }
}

/// Phone numbers are compared by their digits; other ids as they are.
fn member_name(written: &str) -> String {
    let phone = written.chars().all(|letter| letter.is_ascii_digit() || "+-(). ".contains(letter));
    if phone { written.chars().filter(char::is_ascii_digit).collect() } else { written.trim().to_owned() }
}
