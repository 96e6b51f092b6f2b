//! Bursts: who waits, until when, and what is left to answer.

use std::time::Duration;

use ponte_model::{
    Body, Choice, Content, Event, HandOffTarget, InstallationId, Lane, Message, MessageId, Origin, Owner, Timestamp,
};
use ponte_policy::debounce::{Arrival, LONGEST, MOST_LINES, Manner, Patience, manner, wait};
use ponte_policy::{Facts, Release, fold, hand_on};
use proptest::prelude::*;

fn at(millis: u64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000).plus(Duration::from_millis(millis))
}

fn secs(secs: u64) -> Timestamp {
    at(secs * 1000)
}

fn message(content: Content) -> Event {
    Event {
        key: "k".into(),
        origin: Origin::Customer,
        lane: Lane::Message,
        waba_id: None,
        number_id: Some("1".into()),
        contact: None,
        message_id: Some("wamid.1".into()),
        at: at(0),
        body: Body::Message(Message::of(content)),
    }
}

#[test]
fn who_waits_and_who_does_not() {
    let choice = || Choice { id: "a".into(), title: "A".into(), description: None };
    let reaction =
        |emoji: Option<&str>| Content::Reaction { message_id: "wamid.0".into(), emoji: emoji.map(Into::into) };
    let table = [
        (Content::Text { body: "oi".into() }, Manner::Waits),
        (Content::Unsupported { what: None }, Manner::Waits),
        (Content::ButtonReply(choice()), Manner::Closes),
        (Content::ListReply(choice()), Manner::Closes),
        (Content::TemplateReply { payload: None, text: Some("Sim".into()) }, Manner::Closes),
        (reaction(Some("👍")), Manner::Passes),
        (reaction(None), Manner::Passes),
        (Content::Welcome, Manner::Passes),
    ];
    for (content, expected) in table {
        assert_eq!(manner(&message(content.clone())), expected, "{content:?}");
    }
    let text = || message(Content::Text { body: "oi".into() });
    let echo = Event { origin: Origin::App, ..text() };
    let edit =
        Event { body: Body::Edit { original: "wamid.1".into(), message: Message::of(Content::Welcome) }, ..text() };
    let mut group = Message::of(Content::Text { body: "oi".into() });
    group.group_id = Some("g".into());
    for other in [echo, edit, Event { body: Body::Message(group), ..text() }] {
        assert_eq!(manner(&other), Manner::Passes, "{other:?}");
    }
}

#[test]
fn how_long_a_flow_may_wait() {
    let patience = |quiet: u64, whole: u64| {
        Ok(Some(Patience { quiet: Duration::from_secs(quiet), whole: Duration::from_secs(whole) }))
    };
    let wrong = |text: &str| Patience::parse(text).unwrap_err();
    assert_eq!(Patience::parse("8s"), patience(8, 40));
    assert_eq!(Patience::parse("1s"), patience(1, 5));
    assert_eq!(Patience::parse("2m"), patience(120, 300));
    assert_eq!(Patience::parse("5m"), patience(300, 300));
    assert_eq!(Patience::parse("off"), Ok(None));
    for text in ["0s", "301s", "6m", "99999999999999999999m"] {
        assert!(wrong(text).contains("8s"), "{text}: {}", wrong(text));
    }
    for text in ["", "8", "s", "-1s", "8h", "oito", "8 s", "é"] {
        assert_eq!(wrong(text), "write 8s, 2m or off", "{text}");
    }
}

const QUIET: u64 = 8;

struct Chat {
    facts: Facts,
    seq: i64,
}

impl Chat {
    fn new() -> Self {
        Self { facts: Facts::default(), seq: 0 }
    }

    fn writes(&mut self, flow: &str, by_rule: bool, now: Timestamp) -> bool {
        self.seq += 1;
        let id = MessageId::from(format!("wamid.{}", self.seq));
        let event = Event { at: now, ..message(Content::Text { body: "oi".into() }) };
        self.facts = fold(std::mem::take(&mut self.facts), &event, self.seq);
        let arrival = Arrival {
            seq: self.seq,
            message: &id,
            installation: &InstallationId::from(flow),
            by_rule,
            patience: Patience::of(Duration::from_secs(QUIET)).unwrap(),
            newcomer: self.seq == 1,
            now,
        };
        wait(&mut self.facts, &arrival)
    }

    fn due(&self) -> Timestamp {
        self.facts.burst.as_ref().expect("a burst").due
    }
}

#[test]
fn each_line_begins_the_quiet_anew_and_the_whole_is_bounded() {
    let mut chat = Chat::new();
    assert!(chat.writes("triage", false, secs(0)));
    assert_eq!(chat.due(), secs(8));
    for (now, due) in [(5, 13), (10, 18), (17, 25), (24, 32), (31, 39), (38, 40), (39, 40)] {
        assert!(chat.writes("triage", false, secs(now)));
        assert_eq!(chat.due(), secs(due), "at {now}");
    }
    // Handled late, after the end of it: the line is answered with the others, at once.
    assert!(!chat.writes("triage", false, secs(40)));
    let burst = chat.facts.burst.unwrap();
    assert_eq!((burst.lines.len(), burst.newcomer, burst.before), (8, true, None));
}

#[test]
fn what_the_customer_wrote_before_the_burst_is_remembered() {
    let mut chat = Chat::new();
    chat.writes("triage", false, secs(0));
    chat.facts.burst = None;
    chat.writes("triage", false, secs(100));
    chat.writes("triage", false, secs(101));
    assert_eq!(chat.facts.previous_customer_at, Some(secs(100)));
    assert_eq!(chat.facts.burst.unwrap().before, Some(secs(0)));
}

#[test]
fn a_written_rule_chooses_the_flow_and_only_another_takes_its_place() {
    let mut chat = Chat::new();
    let flow = |chat: &Chat| chat.facts.burst.as_ref().unwrap().installation.to_string();
    for (to, by_rule, expected) in [
        ("triage", false, "triage"),
        ("faq", false, "faq"),
        ("billing", true, "billing"),
        ("triage", false, "billing"),
        ("sales", true, "sales"),
    ] {
        chat.writes(to, by_rule, secs(0));
        assert_eq!(flow(&chat), expected);
    }
}

#[test]
fn edits_and_deletions_of_waiting_lines() {
    let mut chat = Chat::new();
    (0..3).for_each(|n| assert!(chat.writes("triage", false, secs(n))));
    let patience = Patience::of(Duration::from_secs(QUIET)).ok();
    let mut burst = chat.facts.burst.unwrap();
    let (first, last, other) = ("wamid.1".into(), "wamid.3".into(), "wamid.9".into());
    assert!(burst.holds(&first) && !burst.holds(&other));
    burst.edited(&first, 7, patience, secs(6));
    assert_eq!((burst.lines[0].seq, burst.lines[0].edit, burst.due), (1, Some(7), secs(14)));
    // The flow is gone: what waits is due when it was.
    burst.edited(&first, 8, None, secs(9));
    assert_eq!((burst.lines[0].edit, burst.due), (Some(8), secs(14)));
    assert_eq!(burst.taken_back(&last), Some(3));
    assert_eq!(burst.taken_back(&last), None);
    assert_eq!(burst.lines.iter().map(|line| line.seq).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn what_was_handed_over_and_not_taken_up_may_be_handed_on_by_the_same_flow() {
    let (vip, other) = (InstallationId::from("vip"), InstallationId::from("other"));
    let owner = |facts: &Facts| facts.ownership.owner;
    let facts = hand_on(Facts::default(), HandOffTarget::App, "Ana", (&vip, &"a".into()), secs(0), &Release::default());
    assert_eq!((owner(&facts), facts.handed.as_ref().unwrap().note.as_str()), (Owner::App, "Ana"));

    let not_ours =
        hand_on(facts.clone(), HandOffTarget::Team, "x", (&other, &"b".into()), secs(60), &Release::default());
    assert_eq!(not_ours, facts);
    let on =
        hand_on(facts.clone(), HandOffTarget::Team, "Ana waits", (&vip, &"c".into()), secs(60), &Release::default());
    let handed = on.handed.clone().unwrap();
    assert_eq!(
        (owner(&on), handed.to, handed.note.as_str(), handed.at),
        (Owner::Team, Owner::Team, "Ana waits", secs(60))
    );
    assert_eq!(on.ownership.handed_by, Some("c".into()));

    let echo = Event { origin: Origin::App, at: secs(30), ..message(Content::Welcome) };
    let echo = Event { body: Body::Echo(Message::of(Content::Text { body: "oi".into() })), ..echo };
    let taken = fold(facts, &echo, 9);
    let late = hand_on(taken.clone(), HandOffTarget::Team, "x", (&vip, &"c".into()), secs(60), &Release::default());
    assert_eq!(late, taken, "somebody answered: the chat is theirs");
}

proptest! {
    /// However lines come: the first is answered within the whole patience, none waits beyond it, nothing is lost.
    #[test]
    fn nobody_waits_for_ever(gaps in proptest::collection::vec(0u64..12_000, 1..150)) {
        let mut chat = Chat::new();
        let (mut now, mut written, mut answered) = (0, 0, 0);
        let whole = Patience::of(Duration::from_secs(QUIET)).unwrap().whole;
        prop_assert!(whole <= LONGEST);
        for gap in gaps {
            now += gap;
            if let Some(burst) = chat.facts.burst.take_if(|burst| burst.due <= at(now)) {
                prop_assert!(burst.due <= burst.began.plus(whole));
                answered += burst.lines.len();
            }
            written += 1;
            if !chat.writes("triage", false, at(now)) {
                answered += 1 + chat.facts.burst.take().unwrap().lines.len();
            }
            if let Some(burst) = &chat.facts.burst {
                prop_assert!(burst.lines.len() < MOST_LINES);
                prop_assert!(burst.due > at(now) && burst.due <= burst.began.plus(whole));
                let json = serde_json::to_string(burst).unwrap();
                prop_assert_eq!(&serde_json::from_str::<Box<ponte_policy::debounce::Burst>>(&json).unwrap(), burst);
            }
        }
        answered += chat.facts.burst.map_or(0, |burst| burst.lines.len());
        prop_assert_eq!(answered, written);
    }
}
