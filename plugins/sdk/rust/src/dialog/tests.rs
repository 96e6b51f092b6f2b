//! Dialogs on a host of their own: stories as tables, the cases that all SDKs share, and random conversations.

mod shared;

use std::cell::{Cell, RefCell};

use proptest::prelude::*;

use super::play::play;
use super::question::Form;
use super::said::{Said, wire_id};
use super::world::{Heard, People, World};
use super::{Dialog, OnChange, Options, Result, words};
use crate::conversation::Target;
use crate::send::Row;
use crate::{Error, Failure, Instant, Language, Outcome, Refusal, Seconds};

const DAY: u64 = 24 * 3_600_000;

/// A host in memory. What a run does is kept only if the run succeeds, as the real one does it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Memory {
    now: Instant,
    people: People,
    kept: Option<Vec<u8>>,
    timer: Option<Instant>,
    held: Option<Instant>,
    /// Everything that was sent, in order.
    sent: Vec<String>,
    handed: Option<String>,
    errors: RefCell<Vec<String>>,
    /// Refuses to send, once so many messages have left.
    refuses: Option<(usize, Refusal)>,
    /// Says the keys of the SDK's own words, and the labels of choices: as the cases that all SDKs share are written.
    by_key: bool,
}

impl Memory {
    fn send(&mut self, words: String) -> std::result::Result<(), Refusal> {
        match &self.refuses {
            Some((most, refusal)) if self.sent.len() >= *most => Err(refusal.clone()),
            _ => {
                self.sent.push(words);
                Ok(())
            }
        }
    }
}

impl World for Memory {
    fn now(&self) -> Instant {
        self.now
    }
    fn language(&self) -> Language {
        Language::English
    }
    fn people(&self) -> People {
        self.people
    }
    fn load(&mut self) -> std::result::Result<Option<Vec<u8>>, Refusal> {
        Ok(self.kept.clone())
    }
    fn save(&mut self, json: &[u8]) -> std::result::Result<(), Refusal> {
        self.kept = Some(json.to_vec());
        Ok(())
    }
    fn wait(&mut self, within: Seconds) -> std::result::Result<(), Refusal> {
        self.timer = Some(self.now + u64::from(within) * 1_000);
        self.held = self.timer;
        Ok(())
    }
    fn end(&mut self) -> std::result::Result<(), Refusal> {
        (self.kept, self.timer, self.held) = (None, None, None);
        Ok(())
    }
    fn say(&mut self, text: &str) -> std::result::Result<(), Refusal> {
        self.send(text.to_owned())
    }
    fn mention(&mut self, text: &str) -> std::result::Result<(), Refusal> {
        self.send(text.to_owned()).or(Ok(()))
    }
    fn ask(&mut self, name: &str, text: &str, form: &Form) -> std::result::Result<(), Refusal> {
        if self.by_key && !form.choices().is_empty() {
            let titles: Vec<_> = form.choices().iter().map(|choice| choice.title.as_str()).collect();
            return self.send(format!("{text} [{}]", titles.join("|")));
        }
        let ids: Vec<_> = form.choices().iter().map(|choice| wire_id(name, &choice.id)).collect();
        self.send(if ids.is_empty() { text.to_owned() } else { format!("{text} [{}]", ids.join(" ")) })
    }
    fn hand_off(&mut self, _: Target, note: &str) -> std::result::Result<(), Refusal> {
        self.handed = Some(note.to_owned());
        Ok(())
    }
    fn text(&self, key: &str) -> std::result::Result<String, Error> {
        match (self.by_key, key) {
            (true, "dialog-note-gave-up") => Ok("<dialog-note-gave-up {step}>".to_owned()),
            (true, _) => Ok(format!("<{key}>")),
            (false, _) => Ok(words::text(key, Language::English).to_owned()),
        }
    }
    fn error(&self, words: &str) {
        self.errors.borrow_mut().push(words.to_owned());
    }
}

/// A chat with a script: what is done to it, and what it says to that.
struct Chat<S> {
    memory: Memory,
    options: Options,
    script: S,
}

impl<S: FnMut(&mut Dialog<'_>) -> Result> Chat<S> {
    fn new(script: S) -> Self {
        let options = Options::new("booking").person_words(["human"]);
        Self { memory: Memory { now: 1_000, ..Memory::default() }, options, script }
    }

    /// Goes on with another script, as if a new version were installed.
    fn with<T: FnMut(&mut Dialog<'_>) -> Result>(self, script: T) -> Chat<T> {
        Chat { memory: self.memory, options: self.options, script }
    }

    /// One event, in one transaction; what it sent.
    fn hears(&mut self, heard: Heard) -> std::result::Result<Vec<String>, Failure> {
        let mut after = self.memory.clone();
        let before = after.sent.len();
        let outcome: Outcome = play(&mut after, &self.options, heard, &mut self.script);
        outcome.map(|()| {
            self.memory = after;
            self.memory.sent[before..].to_vec()
        })
    }

    fn says(&mut self, words: &str) -> Vec<String> {
        self.memory.now += 1_000;
        self.hears(Heard::Message(Said::text(words))).expect("the run succeeds")
    }

    fn taps(&mut self, id: &str) -> Vec<String> {
        self.memory.now += 1_000;
        self.hears(Heard::Message(Said::Tap(id.to_owned()))).expect("the run succeeds")
    }

    /// Lets time pass; the timer is heard if it comes due.
    fn passes(&mut self, time: u64) -> Vec<String> {
        self.memory.now += time;
        match self.memory.timer.filter(|due| *due <= self.memory.now) {
            Some(_) => {
                self.memory.timer = None;
                self.hears(Heard::Timer).expect("the run succeeds")
            }
            None => Vec::new(),
        }
    }

    fn is_open(&self) -> bool {
        assert_eq!(self.memory.kept.is_some(), self.memory.held.is_some(), "what is open is held");
        self.memory.kept.is_some()
    }
}

fn booking(d: &mut Dialog<'_>) -> Result {
    let name = d.ask("name", "Name?")?;
    d.say("hello", format!("Hello {name}."))?;
    let day = d.ask_buttons("day", "Day?", [("sat", "Saturday"), ("sun", "Sunday")])?;
    let hour = d.ask_list("hour", "Hour?", "Hours", [Row::new("10", "At ten"), Row::new("14", "At two")])?;
    let people: u8 = d
        .question("people", "How many?")
        .check(|said| said.parse().map_err(|_| "Just the number.".to_owned()))
        .answer()?;
    d.say("done", format!("{name}, {}, {}, {people}.", day.id, hour.id))
}

#[test]
fn it_reads_like_the_conversation() {
    let mut chat = Chat::new(booking);
    assert_eq!(chat.says("hi"), ["Name?"]);
    assert_eq!(chat.says("Ana"), ["Hello Ana.", "Day? [day:sat day:sun]"]);
    assert_eq!(chat.taps("day:sun"), ["Hour? [hour:10 hour:14]"]);
    assert!(chat.is_open());
    assert_eq!(chat.says("AT TWO "), ["How many?"]);
    assert_eq!(chat.says("many"), ["Just the number."]);
    assert_eq!(chat.says("3"), ["Ana, sun, 14, 3."]);
    assert!(!chat.is_open());
    assert_eq!(chat.memory.timer, None);
    assert_eq!(chat.says("hi again"), ["Name?"]);
}

#[test]
fn what_does_not_answer_is_told_and_the_third_time_people_take_over() {
    let mut chat = Chat::new(booking);
    chat.says("hi");
    assert_eq!(chat.hears(Heard::Message(Said::Wordless)), Ok(vec!["Please write your answer.".to_owned()]));
    chat.says("Ana");
    let again = ["Please choose one of the options.", "Day? [day:sat day:sun]"];
    assert_eq!(chat.says("Friday"), again);
    // A tap on an older question costs no try.
    for _ in 0..3 {
        assert_eq!(chat.taps("name:sat"), again[1..]);
    }
    assert_eq!(chat.says("3"), again);
    assert_eq!(chat.says("Friday!"), ["I will call somebody who can help you better."]);
    assert_eq!(chat.memory.handed.as_deref(), Some("The customer did not understand: day."));
    assert!(!chat.is_open());
}

#[test]
fn reactions_and_stray_timers_are_nothing() {
    let mut chat = Chat::new(booking);
    assert_eq!(chat.hears(Heard::Timer), Ok(vec![]));
    assert_eq!(chat.hears(Heard::Nothing), Ok(vec![]));
    assert!(!chat.is_open());
    chat.says("hi");
    let before = chat.memory.clone();
    // The timer of the question before, which came due while its answer was on its way.
    assert_eq!(chat.hears(Heard::Timer), Ok(vec![]));
    assert_eq!(chat.hears(Heard::Nothing), Ok(vec![]));
    assert_eq!(chat.memory, before);
}

#[test]
fn words_that_end_it() {
    let mut chat = Chat::new(booking);
    chat.says("hi");
    assert_eq!(chat.says(" Cancel"), ["All right, cancelled."]);
    assert!(!chat.is_open() && chat.memory.handed.is_none());
    chat.says("hi");
    chat.says("Ana");
    assert_eq!(chat.says("HUMAN"), ["I am calling somebody."]);
    assert_eq!(chat.memory.handed.as_deref(), Some("Asked for a person (day)."));
    // Whoever begins with it is asked nothing.
    assert_eq!(chat.says("human"), ["I am calling somebody."]);
    assert_eq!(chat.memory.handed.as_deref(), Some("Asked for a person (booking)."));
    // A choice that is called like a word is a choice.
    let mut chat = Chat::new(|d: &mut Dialog<'_>| {
        let choice = d.ask_buttons("sure", "Sure?", [("y", "Yes"), ("n", "Cancel")])?;
        d.say("end", choice.id)
    });
    chat.says("hi");
    assert_eq!(chat.says("cancel"), ["n"]);
}

#[test]
fn nobody_answers() {
    let mut chat = Chat::new(booking);
    chat.says("hi");
    assert_eq!(chat.passes(DAY - 1), Vec::<String>::new());
    assert_eq!(chat.passes(1), ["I had no answer, so I stop here. Write to start again."]);
    assert!(!chat.is_open());

    let mut chat = Chat::new(|d: &mut Dialog<'_>| {
        let name = d.question("name", "Name?").within(3 * 24 * 3600).or_timeout()?;
        let day = d.ask("day", "Day?")?;
        d.say("end", format!("{name:?} {day}"))
    });
    chat.says("hi");
    assert_eq!(chat.passes(3 * DAY), ["Day?"]);
    assert_eq!(chat.says("Sunday"), ["None Sunday"]);

    // The window has closed: nothing is said, and it ends all the same.
    let mut chat = Chat::new(booking);
    chat.says("hi");
    chat.memory.refuses = Some((0, Refusal::WindowClosed));
    assert_eq!(chat.passes(DAY), Vec::<String>::new());
    assert!(!chat.is_open());

    // Nobody heard the timer: what comes then is no answer.
    let mut chat = Chat::new(booking);
    chat.says("hi");
    chat.memory.now += DAY;
    assert_eq!(chat.says("anybody there?"), ["Name?"]);
    assert_eq!(chat.says("Ana")[0], "Hello Ana.");
}

#[test]
fn people_win() {
    let mut chat = Chat::new(booking);
    chat.says("hi");
    chat.memory.people = People { speak: true, wrote: Some(chat.memory.now) };
    assert_eq!(chat.says("Ana"), Vec::<String>::new());
    assert!(!chat.is_open());
    // They have let go since: what they wrote is older than the next question.
    chat.memory.people.speak = false;
    assert_eq!(chat.says("hi"), ["Name?"]);
    assert_eq!(chat.says("Ana").len(), 2);
    // Somebody wrote and let go again between question and answer: the answer is none, and begins anew.
    chat.memory.people.wrote = Some(chat.memory.now);
    assert_eq!(chat.says("Sunday"), ["Name?"]);
    // Somebody writes while the run is on.
    chat.memory.refuses = Some((0, Refusal::OwnedByPerson));
    assert_eq!(chat.says("Ana"), Vec::<String>::new());
    assert!(!chat.is_open());
}

type Play = fn(&mut Dialog<'_>) -> Result;

#[test]
fn a_changed_script_is_named() {
    fn two(d: &mut Dialog<'_>) -> Result {
        d.ask("name", "Name?")?;
        d.ask("date", "Date?")?;
        Ok(())
    }
    fn said_before(d: &mut Dialog<'_>) -> Result {
        d.say("welcome", "Welcome!")?;
        d.ask("name", "Name?")?;
        d.ask_buttons("day", "Day?", [("sat", "Saturday")])?;
        Ok(())
    }
    fn other_kind(d: &mut Dialog<'_>) -> Result {
        d.ask("name", "Name?")?;
        d.ask("day", "Day?")?;
        Ok(())
    }
    fn shorter(d: &mut Dialog<'_>) -> Result {
        d.ask("name", "Name?")?;
        Ok(())
    }
    fn stricter(d: &mut Dialog<'_>) -> Result {
        d.question("name", "Name?").check(|_| Err::<(), _>("Not you.".to_owned())).answer()
    }
    fn gives_up(d: &mut Dialog<'_>) -> Result {
        d.ask("name", "Name?")?;
        d.hand_off(Target::App, "you")
    }
    fn old(d: &mut Dialog<'_>) -> Result {
        d.ask("name", "Name?")?;
        d.ask_buttons("day", "Day?", [("sat", "Saturday")])?;
        Ok(())
    }
    let table: [(Play, &str); 6] = [
        (two, r#"dialog changed: step 2 was buttons "day", is now ask "date""#),
        (said_before, r#"dialog changed: step 1 was ask "name", is now say "welcome""#),
        (other_kind, r#"dialog changed: step 2 was buttons "day", is now ask "day""#),
        (shorter, r#"dialog changed: step 2 was buttons "day" is not in the script any more"#),
        (stricter, r#"dialog changed: step 1 "name": what was recorded does not fit any more: Not you."#),
        (gives_up, r#"dialog changed: step 2 was buttons "day" is not in the script any more"#),
    ];
    for (new, expected) in table {
        let mut chat = Chat::new(old);
        chat.says("hi");
        chat.says("Ana");
        let mut chat = chat.with(new);
        assert_eq!(chat.says("Saturday"), ["I will call somebody to go on with you."], "{expected}");
        assert_eq!(*chat.memory.errors.borrow(), [expected]);
        assert_eq!(chat.memory.handed.as_deref(), Some(expected));
        assert!(!chat.is_open());

        let mut chat = Chat::new(old);
        chat.says("hi");
        chat.says("Ana");
        let mut chat = chat.with(new);
        chat.options = chat.options.on_change(OnChange::Restart);
        let said = chat.says("Saturday");
        assert_eq!(said.last().map(String::as_str), Some("Name?"), "{expected}");
        assert_eq!((chat.memory.errors.borrow().len(), &chat.memory.handed), (1, &None));
    }
    // Another dialog, and what no version of the SDK wrote.
    let mut chat = Chat::new(old);
    chat.says("hi");
    chat.options = Options::new("order");
    chat.says("Ana");
    assert_eq!(*chat.memory.errors.borrow(), [r#"dialog changed: it was "booking", is now "order""#]);
    chat.memory.kept = Some(b"{}".to_vec());
    chat.says("Ana");
    assert!(chat.memory.errors.borrow()[1].starts_with("dialog changed: missing field"), "{:?}", chat.memory.errors);
}

#[test]
fn what_follows_the_open_question_may_be_changed() {
    let mut chat = Chat::new(booking);
    chat.says("hi");
    let mut chat = chat.with(|d: &mut Dialog<'_>| {
        let name = d.ask("name", "What was your name again?")?;
        d.say("bye", format!("Bye {name}."))
    });
    assert_eq!(chat.says("Ana"), ["Bye Ana."]);
}

#[test]
fn faults_of_the_script_are_told() {
    let mut chat = Chat::new(|d: &mut Dialog<'_>| {
        d.ask("name", "Name?")?;
        d.ask("name", "Surname?")?;
        Ok(())
    });
    chat.says("hi");
    let failure = chat.hears(Heard::Message(Said::text("Ana"))).unwrap_err();
    assert_eq!(failure, Failure::reject(r#"the dialog has two steps called "name": each needs a name of its own"#));

    let mut chat = Chat::new(|d: &mut Dialog<'_>| d.question("x", "x").within(8 * 24 * 3600).answer().map(drop));
    let failure = chat.hears(Heard::Message(Said::text("hi"))).unwrap_err();
    assert_eq!(failure, Failure::reject(r#"question "x": it may wait from 1 to 604800 seconds, not 691200"#));

    let mut chat = Chat::new(|d: &mut Dialog<'_>| {
        let none: [(&str, &str); 0] = [];
        d.ask_buttons("x", "x", none).map(drop)
    });
    let failure = chat.hears(Heard::Message(Said::text("hi"))).unwrap_err();
    assert_eq!(failure, Failure::reject(r#"question "x" has nothing to choose from"#));

    // A refusal is not hidden, and names the permission.
    let mut chat = Chat::new(booking);
    chat.memory.refuses = Some((0, Refusal::Denied("send".into())));
    let failure = chat.hears(Heard::Message(Said::text("hi"))).unwrap_err();
    assert_eq!(failure, Failure::reject("the permission `send` was not granted"));
}

#[test]
fn a_script_that_does_not_pass_it_on_does_nothing_more() {
    let mut chat = Chat::new(|d: &mut Dialog<'_>| {
        let name = d.ask("name", "Name?").unwrap_or_default();
        d.say("hello", format!("Hello {name}.")).ok();
        Ok(())
    });
    assert_eq!(chat.says("hi"), ["Name?"]);
    assert!(chat.is_open());
    assert_eq!(chat.says("Ana"), ["Hello Ana."]);
    assert!(!chat.is_open());
}

/// A step of a made-up script.
#[derive(Clone, Copy, Debug)]
enum Made {
    Ask,
    Number,
    Buttons,
    OrTimeout,
    Say,
    Once,
}

/// What may happen to it.
#[derive(Clone, Debug)]
enum Does {
    Writes(&'static str),
    Taps(usize, &'static str),
    Picture,
    Reacts,
    Passes(u64),
    Phone,
}

fn made() -> impl Strategy<Value = Vec<Made>> {
    use Made::{Ask, Buttons, Number, Once, OrTimeout, Say};
    prop::collection::vec(prop::sample::select(vec![Ask, Number, Buttons, OrTimeout, Say, Once]), 1..8)
}

fn does() -> impl Strategy<Value = Vec<Does>> {
    let one = prop_oneof![
        6 => prop::sample::select(vec!["Ana", "7", "1", "sim", "não", "hm"]).prop_map(Does::Writes),
        3 => (0..8usize, prop::sample::select(vec!["y", "n"])).prop_map(|(step, id)| Does::Taps(step, id)),
        1 => Just(Does::Picture),
        1 => Just(Does::Reacts),
        2 => prop::sample::select(vec![1_000, DAY / 2, DAY, 3 * DAY]).prop_map(Does::Passes),
        1 => Just(Does::Phone),
    ];
    prop::collection::vec(one, 1..40)
}

/// The same script played straight on, without replaying anything: what the real thing has to look like from outside.
#[derive(Default)]
struct Straight {
    /// The step that waits, when it was asked, and how many answers did not fit.
    open: Option<(usize, Instant, u32)>,
    answers: Vec<String>,
    once: u32,
}

impl Straight {
    fn question(script: &[Made], at: usize) -> String {
        let choices = if matches!(script[at], Made::Buttons) { format!(" [s{at}:y s{at}:n]") } else { String::new() };
        format!("Q{at}{choices}")
    }

    fn goes_on(&mut self, script: &[Made], from: usize, now: Instant) -> Vec<String> {
        let mut sent = Vec::new();
        self.open = None;
        for (at, step) in script.iter().enumerate().skip(from) {
            match step {
                Made::Say => {
                    sent.push(format!("S{at}"));
                    self.answers.push("-".into());
                }
                Made::Once => {
                    self.once += 1;
                    self.answers.push(self.once.to_string());
                }
                _ => {
                    sent.push(Self::question(script, at));
                    self.open = Some((at, now, 0));
                    break;
                }
            }
        }
        sent
    }

    fn begins(&mut self, script: &[Made], now: Instant) -> Vec<String> {
        self.answers.clear();
        self.goes_on(script, 0, now)
    }

    fn hears(&mut self, script: &[Made], heard: &Heard, now: Instant, wrote: Option<Instant>) -> Vec<String> {
        let message = matches!(heard, Heard::Message(_));
        let Some((at, asked, tries)) = self.open else {
            return if message { self.begins(script, now) } else { Vec::new() };
        };
        let taken = wrote.is_some_and(|wrote| wrote >= asked);
        let late = now >= asked + DAY;
        if late && !taken && !message && matches!(script[at], Made::OrTimeout) {
            self.answers.push("-".into());
            return self.goes_on(script, at + 1, now);
        }
        let said = match heard {
            Heard::Message(_) if taken || late => return self.begins(script, now),
            Heard::Message(said) => said,
            Heard::Timer | Heard::Nothing => {
                self.open = None;
                return if taken { Vec::new() } else { vec![words::text("dialog-timeout", Language::English).into()] };
            }
        };
        let (words, most) = match script[at] {
            Made::Buttons => ("Please choose one of the options.", 99),
            Made::Number => ("Please write your answer.", 99),
            _ => ("Please write your answer.", 3),
        };
        let answer = match (script[at], said) {
            (Made::Buttons, Said::Text { last, .. }) => match last.as_str() {
                "sim" | "1" => Some("y".to_owned()),
                "não" => Some("n".to_owned()),
                _ => None,
            },
            (Made::Buttons, Said::Tap(id)) if id.starts_with(&format!("s{at}:")) => Some(id[3..].to_owned()),
            (_, Said::Tap(_)) => return vec![Self::question(script, at)],
            (Made::Number, Said::Text { last, .. }) => match last.parse::<u8>() {
                Ok(number) => Some(number.to_string()),
                Err(_) => {
                    self.open = Some((at, asked, tries + 1));
                    return vec!["number".into()];
                }
            },
            (_, Said::Text { all, .. }) => Some(all.clone()),
            (_, Said::Wordless) => None,
        };
        match answer {
            Some(answer) => {
                self.answers.push(answer);
                self.goes_on(script, at + 1, now)
            }
            None if tries + 1 >= most => {
                self.open = None;
                vec![words::text("dialog-gave-up", Language::English).into()]
            }
            None => {
                self.open = Some((at, asked, tries + 1));
                let again = matches!(script[at], Made::Buttons).then(|| Self::question(script, at));
                [words.to_owned()].into_iter().chain(again).collect()
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Whatever happens, in whatever order, replaying looks like playing straight on: no answer is lost, no question is asked
    /// twice, nothing is done twice, though every event is handled twice, as after a crash before the commit.
    #[test]
    fn replaying_looks_like_playing_straight_on(script in made(), does in does()) {
        let once = Cell::new(0_u32);
        let got: RefCell<Vec<String>> = RefCell::default();
        let run = |d: &mut Dialog<'_>| {
            got.borrow_mut().clear();
            for (at, step) in script.iter().enumerate() {
                let (name, text) = (format!("s{at}"), format!("Q{at}"));
                let answer = match step {
                    Made::Ask => d.ask(&name, text)?,
                    Made::Number => {
                        let check = |said: String| said.parse::<u8>().map_err(|_| "number".to_owned());
                        d.question(&name, text).tries(99).check(check).answer()?.to_string()
                    }
                    Made::Buttons => d.question(&name, text).tries(99).buttons([("y", "Sim"), ("n", "Não")]).answer()?.id,
                    Made::OrTimeout => d.question(&name, text).or_timeout()?.unwrap_or_else(|| "-".into()),
                    Made::Say => {
                        d.say(&name, format!("S{at}"))?;
                        "-".into()
                    }
                    Made::Once => d
                        .once(&name, || {
                            once.set(once.get() + 1);
                            Ok(once.get())
                        })?
                        .to_string(),
                };
                got.borrow_mut().push(answer);
            }
            Ok(())
        };
        let mut chat = Chat::new(run);
        let mut straight = Straight::default();
        for one in does {
            chat.memory.now += 1;
            let heard = match one {
                Does::Writes(words) => Heard::Message(Said::text(words)),
                Does::Taps(step, id) => Heard::Message(Said::Tap(wire_id(&format!("s{step}"), id))),
                Does::Picture => Heard::Message(Said::Wordless),
                Does::Reacts => {
                    let before = chat.memory.clone();
                    prop_assert_eq!(chat.hears(Heard::Nothing), Ok(Vec::new()));
                    prop_assert_eq!(&chat.memory, &before);
                    continue;
                }
                Does::Phone => {
                    chat.memory.people = People { speak: false, wrote: Some(chat.memory.now) };
                    continue;
                }
                Does::Passes(time) => {
                    chat.memory.now += time;
                    match chat.memory.timer {
                        Some(due) if due <= chat.memory.now => chat.memory.timer = None,
                        _ => continue,
                    }
                    Heard::Timer
                }
            };
            // A crash before the commit: everything is as it was, and the event comes again.
            let (before, count) = (chat.memory.clone(), once.get());
            let first = chat.hears(heard.clone());
            let after = std::mem::replace(&mut chat.memory, before);
            once.set(count);
            prop_assert_eq!(&chat.hears(heard.clone()), &first);
            prop_assert_eq!(&chat.memory, &after);

            let expected = straight.hears(&script, &heard, chat.memory.now, chat.memory.people.wrote);
            prop_assert_eq!(first, Ok(expected), "{:?}", heard);
            prop_assert_eq!(chat.is_open(), straight.open.is_some());
            prop_assert_eq!(once.get(), straight.once);
            if chat.is_open() {
                prop_assert_eq!(&*got.borrow(), &straight.answers);
            }
        }
    }
}
