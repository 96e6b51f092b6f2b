//! `ponte number show`: how a number stands, in words.

use ponte_model::Timestamp;
use ponte_policy::ECHO_BLIND_PATIENCE;
use ponte_policy::lifecycle::{Alert, Answer, Known, Life, Line, Sending, State, Subject, Transition, checklist};
use ponte_policy::lifecycle::{quiet_words, standing};
use ponte_policy::profile::{Can, Profile};
use ponte_policy::words::Language;
use ponte_runtime::{life_of, subject};
use ponte_store::{LifeRow, NumberMode, NumberRow};
use serde::Serialize;

/// Everything to tell about a number.
#[derive(Serialize)]
pub(super) struct Report {
    number: NumberRow,
    state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    sending: String,
    app_only: bool,
    profile: &'static Profile,
    /// How many minutes flows leave a customer's message to the phone, where answers from there are not seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    echo_blind_minutes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
    alerts: Vec<Told>,
    checklist: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_action: Option<&'static str>,
    transitions: Vec<Transition>,
}

/// The last sign of the phone.
#[derive(Serialize)]
struct Phone {
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sign: Option<Timestamp>,
    quiet_days: u64,
    words: String,
}

/// Something true now, in words.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    alert: Alert,
    words: String,
}

/// The last sign of the phone, in words; `None` for a number that has no phone.
pub(super) fn phone_words(number: &NumberRow, row: &LifeRow, now: Timestamp) -> anyhow::Result<Option<String>> {
    let life = life_of(row)?;
    let on_phone = number.config.mode == NumberMode::Coexistence;
    Ok(on_phone.then(|| quiet_words(&subject(&life, row, number), now, Language::En)))
}

impl Report {
    pub(super) fn of(
        number: NumberRow,
        row: &LifeRow,
        has_token: bool,
        now: Timestamp,
        language: Language,
    ) -> anyhow::Result<Self> {
        let life: Life = life_of(row)?;
        let subject: Subject<'_> = subject(&life, row, &number);
        let on_phone = number.config.mode == NumberMode::Coexistence;
        let known = Known { subject, has_account: number.waba_id.is_some(), has_token: Some(has_token), now };
        let (checklist, next_action) = if on_phone { checklist(&known, language) } else { (Vec::new(), None) };
        let alerts = if on_phone { standing(&subject, now) } else { Vec::new() };
        let told = |alert: Alert| Told { words: alert.words(&subject, now, language), alert };
        let default = ECHO_BLIND_PATIENCE.as_secs() / 60;
        let minutes = number.config.echo_blind_minutes.map_or(default, u64::from);
        Ok(Self {
            state: life.state_at(now),
            why: life.why_at(now),
            sending: match life.sending_at(now) {
                Sending::Free => "everything".to_owned(),
                Sending::NoTemplates { .. } => "no templates".to_owned(),
                Sending::Held { until: Some(until), .. } => format!("nothing until {until}; messages wait"),
                Sending::Held { until: None, .. } => "nothing; messages wait".to_owned(),
            },
            app_only: life.app_only.now || number.config.mode == NumberMode::App,
            profile: subject.profile,
            echo_blind_minutes: (on_phone && subject.profile.is_echo_blind()).then_some(minutes),
            phone: on_phone.then(|| Phone {
                last_sign: subject.last_sign(),
                quiet_days: subject.quiet_days(now),
                words: quiet_words(&subject, now, language),
            }),
            alerts: alerts.into_iter().map(told).collect(),
            checklist,
            next_action,
            transitions: life.transitions.clone(),
            number,
        })
    }

    /// For people.
    pub(super) fn print(&self) {
        let config = &self.number.config;
        println!("{} ({})", self.number.id, config.mode.as_str());
        let why = self.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        line("state", &format!("{}{why}", self.state));
        line("may send", &self.sending);
        if self.app_only {
            line("app only", "on: events are recorded, nothing is automated");
        }
        if let Some(phone) = &self.phone {
            line("phone", &phone.words);
        }
        if self.phone.is_some() {
            super::phone::words(&self.number).iter().for_each(|(name, words)| line(name, words));
        }
        self.print_profile();
        for told in self.alerts.iter().filter(|told| self.phone.as_ref().is_none_or(|phone| phone.words != told.words))
        {
            line("alert", &told.words);
        }
        for step in &self.checklist {
            let mark = match step.answer {
                Answer::Done => continue,
                Answer::ToDo => "to do",
                Answer::Past => "too late",
                Answer::Unknown => "unknown",
            };
            line("checklist", &format!("{mark:<8} {:<12} {}", step.item, step.action));
        }
        if let Some(next) = self.next_action {
            line("next", next);
        }
        for step in &self.transitions {
            line("history", &format!("{}  {} -> {}  {}", step.cause.at, step.from, step.to, step.what));
        }
    }

    fn print_profile(&self) {
        let profile = self.profile;
        line("provider", &format!("{}: {}", profile.name, profile.title));
        let capabilities = [
            ("echoes", profile.echoes),
            ("chats begun in the app", profile.app_chats),
            ("history", profile.history),
            ("contacts", profile.contacts),
            ("reasons", profile.lifecycle_reason),
            ("edits", profile.edits),
            ("templates", profile.templates),
        ];
        for (word, can) in [("passes on", Can::Yes), ("not passed on", Can::No), ("unknown", Can::Unknown)] {
            let names: Vec<_> = capabilities.iter().filter(|(_, has)| *has == can).map(|(name, _)| *name).collect();
            if !names.is_empty() {
                line(word, &names.join(", "));
            }
        }
        if let Some(minutes) = self.echo_blind_minutes {
            line(
                "echo-blind",
                &format!(
                    "answers from the phone are not seen: flows speak outside business hours, or {minutes} minutes \
                     after the customer's last message"
                ),
            );
        }
    }
}

pub(super) fn line(name: &str, words: &str) {
    println!("  {name:<14} {words}");
}
