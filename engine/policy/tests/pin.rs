//! Which version of a flow a conversation goes on with.

use std::time::Duration;

use ponte_model::{
    Body, Content, Digest256, Event, HandOffTarget, InstallationId, Lane, Message, Origin, RunId, Timer, Timestamp,
};
use ponte_policy::{Facts, Release, Version, fold, hand_off, hold, merge, pin, release, unpin};
use serde_json::json;

fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000).plus(Duration::from_secs(secs))
}

fn version(number: &str) -> Version {
    Version { version: number.into(), digest: Digest256::of(number.as_bytes()) }
}

/// `flow` holds a chat for an hour, with version 1.
fn held(flow: &InstallationId) -> Facts {
    let facts = hold(Facts::default(), flow, at(3_600), at(0), &Release::default());
    pin(facts, flow, version("1"))
}

fn message() -> Body {
    Body::Message(Message::of(Content::Text { body: "oi".into() }))
}

fn timer(flow: &InstallationId) -> Body {
    Body::Timer(Timer { installation: flow.clone(), name: "dialog".into(), payload: String::new() })
}

#[test]
fn the_version_that_holds_a_chat_goes_on_with_it() {
    let (flow, other): (InstallationId, InstallationId) = ("booking".into(), "triage".into());
    let facts = held(&flow);
    let one = version("1");
    let table = [
        // Whose, what, when: for whom.
        (&flow, message(), 0, Some(&one)),
        (&flow, message(), 3_599, Some(&one)),
        // Its time is up: what the customer begins now begins on the present version.
        (&flow, message(), 3_600, None),
        // The question's time-out comes at that very moment, and may be heard late.
        (&flow, timer(&flow), 3_600, Some(&one)),
        (&flow, timer(&flow), 90_000, Some(&one)),
        (&other, message(), 0, None),
        (&other, timer(&other), 0, None),
    ];
    for (whose, body, secs, expected) in table {
        assert_eq!(facts.pinned(whose, &body, at(secs)), expected, "{whose} {body:?} {secs}");
    }
    assert_eq!((facts.held_until(&flow), facts.held_until(&other)), (Some(at(3_600)), None));
}

#[test]
fn once_another_version_has_run_what_comes_due_is_for_that_one() {
    let (flow, other): (InstallationId, InstallationId) = ("booking".into(), "triage".into());
    for (ran, with, expected) in
        [(&flow, "1", Some(version("1"))), (&other, "2", Some(version("1"))), (&flow, "2", None)]
    {
        let facts = unpin(held(&flow), ran, &version(with));
        assert_eq!(facts.pinned(&flow, &timer(&flow), at(90_000)), expected.as_ref(), "{ran} {with}");
    }
}

#[test]
fn the_fate_of_a_message_is_told_to_the_version_that_sent_it() {
    let flow = "booking".into();
    let status = json!({ "message_id": "wamid.1", "state": "delivered" });
    let status = Body::Status(serde_json::from_value(status).unwrap());
    assert_eq!(held(&flow).pinned(&flow, &status, at(90_000)), Some(&version("1")));
}

#[test]
fn it_is_pinned_no_longer_than_it_is_held() {
    let flow: InstallationId = "booking".into();
    let terms = Release::default();
    let echo = Event {
        key: "k".into(),
        origin: Origin::App,
        lane: Lane::Message,
        waba_id: None,
        number_id: Some("1".into()),
        contact: None,
        message_id: None,
        at: at(10),
        body: Body::Echo(Message::of(Content::Text { body: "oi".into() })),
    };
    let run = RunId::from("r");
    let table = [
        ("released", release(held(&flow), &flow)),
        ("a person wrote", fold(held(&flow), &echo, 1)),
        ("handed over", hand_off(held(&flow), HandOffTarget::Team, &run, at(10), &terms)),
        ("another flow holds it", hold(held(&flow), &"triage".into(), at(9_000), at(3_601), &terms)),
        // Held anew by the present version, after the pinned one was gone.
        ("held anew", hold(held(&flow), &flow, at(9_000), at(20), &terms)),
        ("nobody held it", pin(Facts::default(), &flow, version("1"))),
    ];
    for (what, facts) in table {
        assert_eq!(facts.pinned(&flow, &timer(&flow), at(20)), None, "{what}");
    }
    // Two chats that turn out to be with one person: who holds one holds both, with the version that it did.
    let both = merge(&Facts::default(), &held(&flow), at(20), &terms);
    assert_eq!(both.pinned(&flow, &message(), at(20)), Some(&version("1")));
}

#[test]
fn facts_from_before_versions_are_read_and_those_without_one_are_written_as_before() {
    let before = r#"{"ownership":{"owner":"flow","since":"2026-11-23T10:00:00Z","holder":"booking","until":"2026-11-23T11:00:00Z"},"customer_messages":1,"echo_seq":0}"#;
    let facts: Facts = serde_json::from_str(before).unwrap();
    assert_eq!(facts.pinned(&"booking".into(), &message(), facts.ownership.since), None);
    assert!(!serde_json::to_string(&facts).unwrap().contains("version"));
    let held = held(&"booking".into());
    let json = serde_json::to_value(&held).unwrap();
    assert_eq!(json["ownership"]["version"]["version"], "1");
    assert_eq!(serde_json::from_value::<Facts>(json).unwrap(), held);
}
