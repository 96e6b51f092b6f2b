//! The rules, as tables.

use std::time::Duration;

use ponte_model::{
    Body, Content, Event, HandOffTarget, InstallationId, Lane, Message, Origin, Owner, Refusal, RunId, Timer, Timestamp,
};
use ponte_policy::consent::Reach;
use ponte_policy::{
    Candidate, Echo, Facts, Handler, HoursCondition, Proposal, Purpose, Sender, Situation, Trigger, fold, hand_off,
    judge, route,
};

const HOUR: u64 = 3600;

fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000).plus(Duration::from_secs(secs))
}

fn event(origin: Origin, secs: u64, body: Body) -> Event {
    Event {
        key: "k".into(),
        origin,
        lane: Lane::Message,
        waba_id: None,
        number_id: Some("1".into()),
        contact: None,
        message_id: None,
        at: at(secs),
        body,
    }
}

fn text() -> Message {
    Message::of(Content::Text { body: "oi".into() })
}

fn customer(secs: u64) -> Event {
    event(Origin::Customer, secs, Body::Message(text()))
}

fn phone(secs: u64) -> Event {
    event(Origin::App, secs, Body::Echo(text()))
}

fn verdict(facts: &Facts, echo: Echo, purpose: Purpose, run: &str, secs: u64) -> Result<(), &'static str> {
    let run = RunId::from(run);
    let situation = Situation { now: at(secs), number_suspended: None, facts, echo, reach: Reach::default() };
    judge(&Proposal { purpose, sender: Sender::Flow(&run), category: None }, &situation)
        .map_err(|objection| objection.into_refusal().code())
}

#[test]
fn the_window_is_the_customers_alone() {
    let none = Facts::default();
    assert_eq!(verdict(&none, Echo::default(), Purpose::FreeForm, "r", 0), Err("window-closed"));
    assert_eq!(verdict(&none, Echo::default(), Purpose::Template, "r", 0), Ok(()));
    assert_eq!(verdict(&none, Echo::default(), Purpose::Receipt, "r", 0), Ok(()));

    let open = fold(none.clone(), &customer(0), 1);
    for (secs, expected) in [
        (0, Ok(())),
        (24 * HOUR - 61, Ok(())),
        (24 * HOUR - 60, Err("window-closed")),
        (24 * HOUR, Err("window-closed")),
    ] {
        assert_eq!(verdict(&open, Echo::default(), Purpose::FreeForm, "r", secs), expected, "{secs} s");
    }

    let reaction = |emoji: Option<&str>| {
        let content = Content::Reaction { message_id: "m".into(), emoji: emoji.map(Into::into) };
        event(Origin::Customer, 0, Body::Message(Message::of(content)))
    };
    let call = |by_customer| {
        let call = ponte_model::Call {
            id: "c".into(),
            event: "connect".into(),
            by_customer: Some(by_customer),
            outcome: None,
            duration_secs: None,
            tag: None,
        };
        event(Origin::Customer, 0, Body::Call(call))
    };
    let edit = event(Origin::Customer, 0, Body::Edit { original: "m".into(), message: text() });
    let revoke = event(Origin::Customer, 0, Body::Revoke { original: "m".into() });
    let standby = event(Origin::Customer, 0, Body::Standby(Box::new(Body::Message(text()))));
    for (name, event, opens) in [
        ("message", customer(0), true),
        ("reaction", reaction(Some("👍")), true),
        ("reaction taken back", reaction(None), false),
        ("call by the customer", call(true), true),
        ("call by us", call(false), false),
        ("edit", edit, false),
        ("revoke", revoke, false),
        ("echo", phone(0), false),
        ("another responder's thread", standby, false),
    ] {
        assert_eq!(fold(none.clone(), &event, 1).window_open(at(1)), opens, "{name}");
    }
}

#[test]
fn an_old_message_never_shortens_the_window() {
    let facts = fold(fold(Facts::default(), &customer(HOUR), 1), &customer(0), 2);
    assert_eq!(facts.window_until, Some(at(25 * HOUR)));
}

#[test]
fn the_phone_wins_until_twelve_silent_hours_have_passed() {
    let facts = fold(fold(Facts::default(), &customer(0), 1), &phone(10), 2);
    let facts = fold(facts, &customer(20), 3);
    assert_eq!(facts.ownership.owner, Owner::App, "a customer's message never releases");
    for (secs, expected) in
        [(21, Err("owned-by-person")), (10 + 12 * HOUR - 1, Err("owned-by-person")), (10 + 12 * HOUR, Ok(()))]
    {
        assert_eq!(verdict(&facts, Echo::default(), Purpose::FreeForm, "r", secs), expected, "{secs} s");
    }
    let later = fold(facts, &phone(6 * HOUR), 4);
    assert_eq!(verdict(&later, Echo::default(), Purpose::FreeForm, "r", 13 * HOUR), Err("owned-by-person"));
    assert_eq!(verdict(&later, Echo::default(), Purpose::Template, "r", 13 * HOUR), Ok(()));
}

#[test]
fn an_echo_counts_from_the_moment_it_is_stored() {
    let facts = fold(Facts::default(), &customer(0), 1);
    let stored = Echo { seq: 2, at: at(5) };
    assert_eq!(verdict(&facts, stored, Purpose::FreeForm, "r", 6), Err("owned-by-person"));
    let folded = fold(facts, &phone(5), 2);
    assert_eq!(folded.ownership_at(stored, at(6)), folded.ownership);
}

#[test]
fn what_a_run_said_before_handing_over_may_leave_and_nothing_else() {
    let facts = fold(Facts::default(), &customer(0), 1);
    let facts = hand_off(facts, HandOffTarget::Team, &"run-a".into(), at(1));
    assert_eq!(verdict(&facts, Echo::default(), Purpose::FreeForm, "run-a", 2), Ok(()));
    assert_eq!(verdict(&facts, Echo::default(), Purpose::FreeForm, "run-b", 2), Err("owned-by-person"));
    let answered = Echo { seq: 9, at: at(2) };
    assert_eq!(verdict(&facts, answered, Purpose::FreeForm, "run-a", 3), Err("owned-by-person"));
}

#[test]
fn a_suspended_number_says_why() {
    let facts = fold(Facts::default(), &customer(0), 1);
    let proposal = Proposal { purpose: Purpose::Template, sender: Sender::Person, category: None };
    let (suspended, echo, reach) = (Some("offboarded"), Echo::default(), Reach::default());
    let situation = Situation { now: at(1), number_suspended: suspended, facts: &facts, echo, reach };
    let refusal = judge(&proposal, &situation).unwrap_err().into_refusal();
    assert_eq!(refusal, Refusal::NumberUnavailable { why: "offboarded".into() });
}

#[test]
fn routing_by_the_first_match() {
    let (night, day) = (InstallationId::from("night"), InstallationId::from("day"));
    let trigger = |events: &[&str], hours| Trigger { events: events.iter().map(|e| (*e).to_owned()).collect(), hours };
    let closed = trigger(&["message"], HoursCondition::Closed);
    let any = trigger(&["message", "edit"], HoursCondition::Any);
    let decide = |event: &Event, owner, app_only, open| {
        let candidates = [
            Candidate { installation: &night, trigger: &closed, open },
            Candidate { installation: &day, trigger: &any, open },
        ];
        let decision = route(event, owner, app_only, &candidates);
        match decision.handler {
            Handler::Flow(flow) => flow.into_string(),
            Handler::Nobody => decision.rule.to_owned(),
        }
    };
    let edit = event(Origin::Customer, 0, Body::Edit { original: "m".into(), message: text() });
    let mut group = text();
    group.group_id = Some("g".into());
    let group = event(Origin::Customer, 0, Body::Message(group));
    let timer = |installation: &str| {
        let timer = Timer { installation: installation.into(), name: "t".into(), payload: String::new() };
        event(Origin::System, 0, Body::Timer(timer))
    };
    let mut imported = customer(0);
    imported.lane = Lane::Import;
    for (name, event, owner, app_only, open, expected) in [
        ("closed", customer(0), Owner::Nobody, false, Some(false), "night"),
        ("open", customer(0), Owner::Nobody, false, Some(true), "day"),
        ("no hours set", customer(0), Owner::Nobody, false, None, "day"),
        ("an edit", edit, Owner::Nobody, false, Some(false), "day"),
        ("the phone speaks", customer(0), Owner::App, false, Some(true), "owned-by-app"),
        ("the team speaks", customer(0), Owner::Team, false, Some(true), "owned-by-team"),
        ("app only", customer(0), Owner::Nobody, true, Some(true), "app-only"),
        ("an echo", phone(0), Owner::Nobody, false, Some(true), "not-a-trigger"),
        ("a group", group, Owner::Nobody, false, Some(true), "group"),
        ("imported", imported, Owner::Nobody, false, Some(true), "imported"),
        ("own timer, whoever speaks", timer("night"), Owner::App, false, Some(true), "night"),
        ("timer of a removed flow", timer("gone"), Owner::Nobody, false, Some(true), "flow-not-active"),
    ] {
        assert_eq!(decide(&event, owner, app_only, open), expected, "{name}");
    }
}

#[test]
fn people_who_let_go_can_be_handed_the_conversation_again() {
    let facts = fold(Facts::default(), &phone(0), 1);
    let later = 13 * HOUR;
    assert_eq!(facts.ownership_at(Echo::default(), at(later)).owner, Owner::Nobody);
    let facts = hand_off(facts, HandOffTarget::Team, &"run".into(), at(later));
    assert_eq!(facts.ownership_at(Echo::default(), at(later + 1)).owner, Owner::Team);
    let kept = hand_off(facts.clone(), HandOffTarget::App, &"other".into(), at(later + 2));
    assert_eq!(kept, facts, "whoever holds it keeps it");
}
