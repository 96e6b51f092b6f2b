//! Learns the texts that the app sends by itself, where nobody has set them.
//!
//! The app answers within seconds, a customer who broke a silence, and always in the same words. A text that did so to
//! several people is taken for automatic; one that is then written otherwise (to somebody who did not just break a
//! silence) was a person's after all, and is forgotten. Each time both must hold: the words and the moment.

use std::time::Duration;

use ponte_model::{AutomaticKind, ContactId, EchoMeaning, Timestamp};
use serde::{Deserialize, Serialize};

use super::words::normalized;

/// How the app's own texts are told from a person's. Ponte's own rules, not the platform's, which says nothing of it.
struct Rules {
    /// So soon after the customer's message.
    within: Duration,
    /// The clocks of the phone and of the platform may differ by so much.
    clock: Duration,
    /// So long had nobody written before it.
    silence: Duration,
    /// To so many different people.
    people: usize,
    /// No shorter, in characters: people write "bom dia" within seconds too.
    shortest: usize,
    /// So many texts of a number are remembered.
    kept: usize,
}

const RULES: Rules = Rules {
    within: Duration::from_secs(5),
    clock: Duration::from_secs(1),
    silence: Duration::from_secs(10 * 60),
    people: 3,
    shortest: 20,
    kept: 30,
};

/// What was learned of a number's own texts. Kept as JSON by the store, understood here alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learned {
    texts: Vec<Text>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Text {
    text: String,
    /// Who got it within seconds; no more than are needed.
    people: Vec<ContactId>,
    last_at: Timestamp,
}

/// What was written in a conversation before, by people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// When.
    pub at: Timestamp,
    /// Whether by the customer.
    pub by_customer: bool,
}

/// A text that came from the phone.
#[derive(Clone, Copy, Debug)]
pub struct Sighting<'a> {
    /// The text.
    pub text: &'a str,
    /// When it was written.
    pub at: Timestamp,
    /// To whom; `None` for somebody who was never heard of.
    pub to: Option<&'a ContactId>,
    /// The last lines of the conversation, the newest [`Learned::LOOKED_AT`] if there are so many.
    pub before: &'a [Heard],
}

impl Learned {
    /// So many lines of a conversation are looked at.
    pub const LOOKED_AT: usize = 20;

    /// Whether a text is worth looking at more closely.
    pub fn is_candidate(text: &str) -> bool {
        text.chars().nth(RULES.shortest - 1).is_some()
    }

    /// Learns from a text that came from the phone; says what it means. A sighting that is told twice teaches nothing new.
    pub fn hear(&mut self, sighting: &Sighting<'_>) -> Option<EchoMeaning> {
        let text = normalized(sighting.text);
        match answer(sighting) {
            Answer::Unknown => None,
            Answer::NotSoon => {
                self.texts.retain(|known| known.text != text);
                None
            }
            Answer::Soon(latency) => {
                let people = self.count(text, sighting.to?, sighting.at);
                (people >= RULES.people).then(|| EchoMeaning::Automatic {
                    kind: AutomaticKind::Learned,
                    why: format!(
                        "written {} s after a customer broke a silence, in words that {} people and more got in the \
                         same way",
                        latency.as_secs(),
                        RULES.people
                    ),
                })
            }
        }
    }

    /// The texts that are taken for automatic, as they are compared.
    pub fn automatic(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().filter(|known| known.people.len() >= RULES.people).map(|known| known.text.as_str())
    }

    /// Notes who got a text; how many have.
    fn count(&mut self, text: String, to: &ContactId, at: Timestamp) -> usize {
        let place = self.texts.iter().position(|known| known.text == text).unwrap_or_else(|| {
            if self.texts.len() >= RULES.kept {
                // The least known goes first, of those the oldest.
                let out = self.texts.iter().enumerate().min_by_key(|(_, known)| (known.people.len(), known.last_at));
                let out = out.map_or(0, |(place, _)| place);
                self.texts.swap_remove(out);
            }
            self.texts.push(Text { text, people: Vec::new(), last_at: at });
            self.texts.len() - 1
        });
        let known = &mut self.texts[place];
        if known.people.len() < RULES.people && !known.people.contains(to) {
            known.people.push(to.clone());
            known.last_at = at;
        }
        known.people.len()
    }
}

/// How a text stands to what was written before it.
enum Answer {
    /// It answered within seconds somebody who broke a silence.
    Soon(Duration),
    /// It did not.
    NotSoon,
    /// What was written before it is not known any more.
    Unknown,
}

fn answer(sighting: &Sighting<'_>) -> Answer {
    let (at, mut before) = (sighting.at, sighting.before.to_vec());
    before.sort_by_key(|line| line.at);
    // Where the list is full, what came before its oldest line is not known, and so neither is whether that broke a
    // silence.
    let unknown = before.len() >= Learned::LOOKED_AT;
    if unknown && before.first().is_some_and(|oldest| oldest.at.plus(RULES.silence) > at) {
        return Answer::Unknown;
    }
    for (place, line) in before.iter().enumerate() {
        let soon = line.at <= at.plus(RULES.clock) && at.since(line.at) <= RULES.within;
        let broke_silence = match place.checked_sub(1) {
            Some(earlier) => line.at.since(before[earlier].at) >= RULES.silence,
            None => true,
        };
        if line.by_customer && soon && broke_silence {
            return Answer::Soon(at.since(line.at));
        }
    }
    Answer::NotSoon
}
