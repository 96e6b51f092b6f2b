use std::time::Duration;

use ponte_model::{Body, Content, Event, Lane, Message, Origin, Referral, Timestamp};
use ponte_policy::{Facts, answered, fold};

const HOUR: u64 = 3600;

fn after(hours: u64) -> Timestamp {
    Timestamp::from_secs(1_795_000_000).plus(Duration::from_secs(hours * HOUR))
}

fn message(source: Option<&str>, at: Timestamp) -> Event {
    let mut message = Message::of(Content::Text { body: "oi".into() });
    message.referral =
        source.map(|source| Box::new(Referral { source_type: Some(source.to_owned()), ..Referral::default() }));
    Event {
        key: "k".into(),
        origin: Origin::Customer,
        lane: Lane::Message,
        waba_id: None,
        number_id: Some("1".into()),
        contact: None,
        message_id: None,
        at,
        body: Body::Message(message),
    }
}

#[test]
fn an_answer_within_a_day_to_somebody_from_an_ad_makes_three_days_free() {
    for (source, answer, free) in
        [(Some("ad"), 23, true), (Some("ad"), 24, false), (Some("post"), 1, false), (None, 1, false)]
    {
        let facts = fold(Facts::default(), &message(source, after(0)), 1);
        assert_eq!(facts.entry_point(after(answer)), free, "the answer itself: {source:?} after {answer} h");
        let facts = answered(facts, after(answer));
        for (hours, open) in [(answer + 1, free), (answer + 71, free), (answer + 72, false)] {
            assert_eq!(facts.entry_point(after(hours)), open, "{source:?} answered after {answer} h, at {hours} h");
        }
    }
}

#[test]
fn the_free_entry_point_never_extends_the_window_and_no_later_answer_extends_it() {
    let facts = answered(fold(Facts::default(), &message(Some("ad"), after(0)), 1), after(2));
    assert_eq!(facts.window_until, Some(after(24)));
    assert!(!facts.window_open(after(25)) && facts.entry_point(after(25)));
    let later = answered(facts.clone(), after(50));
    assert_eq!((later.entry_free_until, later.window_until), (facts.entry_free_until, facts.window_until));
    // Another message without an ad changes nothing about it either.
    assert_eq!(fold(facts, &message(None, after(3)), 2).entry_free_until, Some(after(74)));
}
