//! What to do about what the customer wants, and what to remember.

use ponte_sdk::Instant;
use serde::{Deserialize, Serialize};

use crate::sector::Sector;
use crate::understand::Intent;

/// Lines typed this soon after a menu were typed before it was read: they may choose, but are not wrong. Milliseconds.
pub const BURST: u64 = 5_000;

const HOUR: u64 = 3_600_000;

/// The shop's settings.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// After so many wrong answers a person is called.
    pub misses: u32,
    /// After so many hours of silence a conversation begins anew.
    pub again_after_hours: u32,
}

/// What is known of the time before a message.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moment {
    /// When the message was written.
    pub now: Instant,
    /// When the customer wrote before.
    pub last_customer: Option<Instant>,
    /// When somebody last wrote from the phone.
    pub last_app: Option<Instant>,
}

/// What is remembered of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// How far it got.
    pub stage: Stage,
    /// When it began.
    pub began_at: Instant,
    /// When the menu was last sent, or the conversation taken where it belongs.
    pub at: Instant,
    /// Wrong answers so far.
    #[serde(default)]
    pub misses: u32,
    /// Whether a voice note or the like was answered with a reminder.
    #[serde(default)]
    pub reminded: bool,
    /// The sector that was chosen last, even in an earlier conversation.
    pub sector: Option<String>,
}

/// How far a conversation got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The menu was sent.
    Asked,
    /// A sector was chosen.
    Chosen,
    /// It went to a person without a sector.
    Person,
}

impl Memory {
    /// Whether a menu waits for an answer.
    pub fn is_asking(&self) -> bool {
        self.stage == Stage::Asked
    }

    fn new(now: Instant, sector: Option<String>) -> Self {
        Self { stage: Stage::Asked, began_at: now, at: now, misses: 0, reminded: false, sector }
    }
}

/// What to do. Numbers are positions among the sectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Silence,
    /// Send the menu.
    Ask(Asking),
    /// Confirm the sector and take the customer there.
    Choose(usize),
    /// Call a person.
    Person(Why),
    /// Take the customer where they were before, without a word; none: to a person.
    Back(Option<usize>),
}

/// Why the menu is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// It is the first time, or it was asked for.
    Greeting,
    /// The answer was not understood.
    Retry,
    /// Something came that cannot be understood.
    Reminder,
}

impl Asking {
    /// The key of the words above the menu.
    pub fn text(self) -> &'static str {
        match self {
            Self::Greeting => "menu",
            Self::Retry => "retry",
            Self::Reminder => "reminder",
        }
    }
}

/// Why a person is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The customer asked for one.
    Wanted,
    /// The customer did not find the way.
    Lost,
}

impl Why {
    /// The key of what is said to the customer.
    pub fn text(self) -> &'static str {
        match self {
            Self::Wanted => "person",
            Self::Lost => "lost",
        }
    }

    /// The key of the note.
    pub fn note(self) -> &'static str {
        match self {
            Self::Wanted => "note_person",
            Self::Lost => "note_lost",
        }
    }
}

impl Rules {
    /// What to do about a message, and what to remember of it; nothing new, if nothing is to be done.
    pub fn step(
        &self,
        sectors: &[Sector],
        memory: Option<&Memory>,
        moment: &Moment,
        intent: Intent,
    ) -> (Step, Option<Memory>) {
        let now = moment.now;
        let current = memory.filter(|memory| !self.is_over(memory, moment));
        let mut next =
            current.cloned().unwrap_or_else(|| Memory::new(now, memory.and_then(|memory| memory.sector.clone())));
        let step = match (current.map(|memory| memory.stage), intent) {
            (Some(Stage::Chosen), Intent::Tapped(index)) if next.sector.as_ref() == Some(&sectors[index].id) => {
                // Tapped twice.
                Step::Back(Some(index))
            }
            (_, Intent::Tapped(index)) => Step::Choose(index),
            (_, Intent::Person) => Step::Person(Why::Wanted),
            (_, Intent::Menu) => Step::Ask(Asking::Greeting),
            (Some(Stage::Chosen), _) => {
                let chosen = next.sector.as_ref();
                Step::Back(sectors.iter().position(|sector| Some(&sector.id) == chosen))
            }
            (Some(Stage::Person), _) => Step::Back(None),
            // Somebody talks to the customer already, from before this flow was there.
            (None, _) if memory.is_none() && self.is_recent(moment.last_app, now) => Step::Silence,
            (_, Intent::Named(index)) => Step::Choose(index),
            (None, Intent::Unclear | Intent::Wordless) => Step::Ask(Asking::Greeting),
            (Some(Stage::Asked), _) if now < next.at.saturating_add(BURST) => Step::Silence,
            (Some(Stage::Asked), Intent::Unclear) => {
                next.misses += 1;
                if next.misses < self.misses { Step::Ask(Asking::Retry) } else { Step::Person(Why::Lost) }
            }
            (Some(Stage::Asked), Intent::Wordless) if next.reminded => Step::Silence,
            (Some(Stage::Asked), Intent::Wordless) => {
                next.reminded = true;
                Step::Ask(Asking::Reminder)
            }
        };

        match step {
            Step::Silence | Step::Back(_) => return (step, None),
            Step::Ask(_) => next.stage = Stage::Asked,
            Step::Choose(index) => {
                next.stage = Stage::Chosen;
                next.sector = Some(sectors[index].id.clone());
            }
            Step::Person(_) => next.stage = Stage::Person,
        }
        next.at = next.at.max(now);
        (step, Some(next))
    }

    /// Whether there was silence for so long that this is another conversation.
    fn is_over(&self, memory: &Memory, moment: &Moment) -> bool {
        let last = [moment.last_customer, moment.last_app, Some(memory.at)].into_iter().flatten().max();
        !self.is_recent(last, moment.now)
    }

    fn is_recent(&self, at: Option<Instant>, now: Instant) -> bool {
        at.is_some_and(|at| now.saturating_sub(at) < u64::from(self.again_after_hours) * HOUR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sector::tests::sector;
    use proptest::prelude::*;

    const RULES: Rules = Rules { misses: 3, again_after_hours: 24 };
    const MENU: Step = Step::Ask(Asking::Greeting);
    const RETRY: Step = Step::Ask(Asking::Retry);
    const REMINDER: Step = Step::Ask(Asking::Reminder);
    const SECOND: u64 = 1_000;
    const MINUTE: u64 = 60 * SECOND;

    fn sectors() -> Vec<Sector> {
        vec![sector("sales", "Vendas", &[]), sector("support", "Suporte", &[])]
    }

    /// A conversation with this flow: what the customer does after so many milliseconds, and what happens.
    struct Chat {
        memory: Option<Memory>,
        moment: Moment,
    }

    impl Chat {
        fn new() -> Self {
            Self { memory: None, moment: Moment { now: 1_000 * HOUR, ..Moment::default() } }
        }

        fn after(&mut self, wait: u64, intent: Intent) -> Step {
            self.moment.now += wait;
            let (step, next) = RULES.step(&sectors(), self.memory.as_ref(), &self.moment, intent);
            self.memory = next.or(self.memory.take());
            self.moment.last_customer = Some(self.moment.now);
            step
        }

        fn tells(script: &[(u64, Intent, Step)]) {
            let mut chat = Self::new();
            for (index, (wait, intent, expected)) in script.iter().enumerate() {
                assert_eq!(chat.after(*wait, *intent), *expected, "line {index}: {intent:?}");
            }
        }
    }

    #[test]
    fn menu_then_answer() {
        for answer in [Intent::Tapped(1), Intent::Named(1)] {
            Chat::tells(&[(0, Intent::Unclear, MENU), (MINUTE, answer, Step::Choose(1))]);
        }
        Chat::tells(&[(0, Intent::Wordless, MENU), (MINUTE, Intent::Named(0), Step::Choose(0))]);
    }

    #[test]
    fn who_says_it_at_once_needs_no_menu() {
        Chat::tells(&[(0, Intent::Named(1), Step::Choose(1))]);
        Chat::tells(&[(0, Intent::Person, Step::Person(Why::Wanted))]);
        Chat::tells(&[(0, Intent::Menu, MENU)]);
    }

    #[test]
    fn six_lines_in_four_seconds_get_one_menu() {
        let mut script = vec![(0, Intent::Unclear, MENU)];
        script.extend([(800, Intent::Unclear, Step::Silence); 5]);
        script.push((MINUTE, Intent::Unclear, RETRY));
        Chat::tells(&script);
        // One of them may be an answer.
        Chat::tells(&[
            (0, Intent::Unclear, MENU),
            (SECOND, Intent::Wordless, Step::Silence),
            (SECOND, Intent::Named(0), Step::Choose(0)),
        ]);
    }

    #[test]
    fn three_misses_call_a_person() {
        Chat::tells(&[
            (0, Intent::Unclear, MENU),
            (MINUTE, Intent::Unclear, RETRY),
            (SECOND, Intent::Unclear, Step::Silence), // typed before the second menu was read
            (MINUTE, Intent::Unclear, RETRY),
            (MINUTE, Intent::Unclear, Step::Person(Why::Lost)),
            (MINUTE, Intent::Unclear, Step::Back(None)),
        ]);
    }

    #[test]
    fn voice_notes_are_no_misses_and_get_one_reminder() {
        Chat::tells(&[
            (0, Intent::Unclear, MENU),
            (MINUTE, Intent::Wordless, REMINDER),
            (MINUTE, Intent::Wordless, Step::Silence),
            (MINUTE, Intent::Wordless, Step::Silence),
            (MINUTE, Intent::Unclear, RETRY),
            (MINUTE, Intent::Unclear, RETRY),
            (MINUTE, Intent::Unclear, Step::Person(Why::Lost)),
        ]);
    }

    #[test]
    fn a_returning_customer_skips_the_menu() {
        Chat::tells(&[
            (0, Intent::Named(1), Step::Choose(1)),
            (MINUTE, Intent::Unclear, Step::Back(Some(1))),
            (23 * HOUR, Intent::Named(0), Step::Back(Some(1))), // "preço" in the middle of a conversation with support
            (23 * HOUR, Intent::Wordless, Step::Back(Some(1))), // silence counts from the last message
            (24 * HOUR, Intent::Unclear, MENU),
        ]);
    }

    #[test]
    fn the_menu_opens_again_on_request() {
        Chat::tells(&[
            (0, Intent::Named(1), Step::Choose(1)),
            (HOUR, Intent::Menu, MENU),
            (MINUTE, Intent::Named(0), Step::Choose(0)),
            (MINUTE, Intent::Tapped(0), Step::Back(Some(0))), // tapped twice
            (MINUTE, Intent::Tapped(1), Step::Choose(1)),     // changed their mind
            (MINUTE, Intent::Person, Step::Person(Why::Wanted)),
            (MINUTE, Intent::Tapped(1), Step::Choose(1)),
        ]);
    }

    #[test]
    fn an_old_menu_still_works() {
        Chat::tells(&[(0, Intent::Unclear, MENU), (200 * HOUR, Intent::Tapped(0), Step::Choose(0))]);
        Chat::tells(&[(0, Intent::Unclear, MENU), (200 * HOUR, Intent::Unclear, MENU)]);
    }

    #[test]
    fn a_conversation_from_the_phone_is_left_alone() {
        let mut chat = Chat::new();
        chat.moment.last_app = Some(chat.moment.now - 20 * HOUR);
        assert_eq!(chat.after(0, Intent::Unclear), Step::Silence);
        assert_eq!(chat.after(MINUTE, Intent::Named(0)), Step::Silence);
        assert_eq!(chat.after(MINUTE, Intent::Menu), MENU);

        let mut chat = Chat::new();
        chat.moment.last_app = Some(chat.moment.now - 24 * HOUR);
        assert_eq!(chat.after(0, Intent::Unclear), MENU);
    }

    #[test]
    fn the_last_sector_is_remembered() {
        let mut chat = Chat::new();
        chat.after(0, Intent::Named(1));
        chat.after(48 * HOUR, Intent::Unclear);
        let memory = chat.memory.unwrap();
        assert_eq!((memory.stage, memory.sector.as_deref()), (Stage::Asked, Some("support")));
        assert_eq!(memory.began_at, chat.moment.now);
    }

    #[test]
    fn a_message_that_comes_late_does_no_harm() {
        let mut chat = Chat::new();
        chat.after(0, Intent::Unclear);
        let at = chat.memory.as_ref().unwrap().at;
        chat.moment.now -= 30 * SECOND;
        assert_eq!(chat.after(0, Intent::Unclear), Step::Silence);
        assert_eq!(chat.after(0, Intent::Named(0)), Step::Choose(0));
        assert_eq!(chat.memory.unwrap().at, at);
    }

    #[test]
    fn a_sector_that_is_gone_leads_to_a_person() {
        let mut chat = Chat::new();
        chat.after(0, Intent::Named(1));
        let (step, _) = RULES.step(&sectors()[..1], chat.memory.as_ref(), &chat.moment, Intent::Unclear);
        assert_eq!(step, Step::Back(None));
    }

    fn intent() -> impl Strategy<Value = Intent> {
        prop_oneof![
            (0usize..2).prop_map(Intent::Tapped),
            (0usize..2).prop_map(Intent::Named),
            Just(Intent::Person),
            Just(Intent::Menu),
            Just(Intent::Unclear),
            Just(Intent::Wordless),
        ]
    }

    proptest! {
        /// However customers behave: between two greetings there are at most two retries and one reminder.
        #[test]
        fn never_nags(lines in proptest::collection::vec((0u64..30 * MINUTE, intent()), 0..60)) {
            let mut chat = Chat::new();
            let (mut retries, mut reminders) = (0, 0);
            for (wait, intent) in lines {
                match chat.after(wait, intent) {
                    RETRY => retries += 1,
                    REMINDER => reminders += 1,
                    Step::Silence => {}
                    _ => (retries, reminders) = (0, 0),
                }
                prop_assert!(retries < 3 && reminders < 2);
            }
        }

        /// Whoever keeps typing gets to a person.
        #[test]
        fn nobody_is_stuck(waits in proptest::collection::vec(BURST..HOUR, 4)) {
            let mut chat = Chat::new();
            let steps: Vec<Step> = waits.into_iter().map(|wait| chat.after(wait, Intent::Unclear)).collect();
            prop_assert_eq!(steps, vec![MENU, RETRY, RETRY, Step::Person(Why::Lost)]);
        }

        /// What is written to the state reads back.
        #[test]
        fn memory_reads_back(lines in proptest::collection::vec((0u64..HOUR, intent()), 1..9)) {
            let mut chat = Chat::new();
            for (wait, intent) in lines {
                chat.after(wait, intent);
                let json = serde_json::to_string(&chat.memory).unwrap();
                prop_assert_eq!(serde_json::from_str::<Option<Memory>>(&json).unwrap(), chat.memory.clone());
            }
        }
    }
}
