//! The rules, as tables.

use std::time::Duration;

use ponte_model::{
    Body, Content, Event, HandOffTarget, InstallationId, Lane, Message, Origin, Owner, Refusal, RunId, Timer, Timestamp,
};
use ponte_policy::consent::Reach;
use ponte_policy::lifecycle::Sending;
use ponte_policy::{
    Candidate, ECHO_BLIND_PATIENCE, Echo, EchoBlind, Facts, Handler, HoursCondition, NumberTraits, Person, PhoneTerms,
    Proposal, Purpose, Question, Release, Routing, Sender, Shop, Situation, Trigger, fold, hand_off, judge, merge,
    route,
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

/// Where nothing but the facts speaks against it.
fn quiet(facts: &Facts, echo: Echo, secs: u64) -> Situation<'_> {
    Situation {
        now: at(secs),
        number: &Sending::Free,
        facts,
        echo,
        template: None,
        echo_blind: None,
        phone: PhoneTerms::default(),
        release: Release::default(),
        budget: None,
        reach: Reach::default(),
    }
}

fn verdict(facts: &Facts, echo: Echo, purpose: Purpose, run: &str, secs: u64) -> Result<(), &'static str> {
    let run = RunId::from(run);
    judge(&Proposal { purpose, sender: Sender::Flow(&run), category: None }, &quiet(facts, echo, secs))
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
    assert_eq!(folded.ownership_at(stored, at(6), &Release::default()), folded.ownership);
}

#[test]
fn what_a_run_said_before_handing_over_may_leave_and_nothing_else() {
    let facts = fold(Facts::default(), &customer(0), 1);
    let facts = hand_off(facts, HandOffTarget::Team, &"run-a".into(), at(1), &Release::default());
    assert_eq!(verdict(&facts, Echo::default(), Purpose::FreeForm, "run-a", 2), Ok(()));
    assert_eq!(verdict(&facts, Echo::default(), Purpose::FreeForm, "run-b", 2), Err("owned-by-person"));
    let answered = Echo { seq: 9, at: at(2) };
    assert_eq!(verdict(&facts, answered, Purpose::FreeForm, "run-a", 3), Err("owned-by-person"));
}

#[test]
fn what_a_number_may_not_send_is_refused_or_waits() {
    let facts = fold(Facts::default(), &customer(0), 1);
    let judged = |number: &Sending, purpose| {
        let situation = Situation { number, ..quiet(&facts, Echo::default(), 1) };
        let objection = judge(&Proposal { purpose, sender: Sender::Person, category: None }, &situation).err();
        objection.map(|objection| (objection.rule, objection.into_refusal()))
    };
    let why = || "why".to_owned();
    let held = Sending::Held { why: why(), until: Some(at(60)) };
    let quota = Some(("number", Refusal::Quota { until: at(60) }));
    assert_eq!(judged(&held, Purpose::Template), quota);
    assert_eq!(judged(&held, Purpose::FreeForm), quota);
    let unknown = Sending::Held { why: why(), until: None };
    assert_eq!(judged(&unknown, Purpose::Receipt), Some(("number", Refusal::Quota { until: at(1) })));
    let no_templates = Sending::NoTemplates { why: why() };
    let refused = Some(("number", Refusal::NumberUnavailable { why: why() }));
    assert_eq!(judged(&no_templates, Purpose::Template), refused);
    assert_eq!(judged(&no_templates, Purpose::FreeForm), None);
}

#[test]
fn an_echo_blind_number_leaves_customers_to_the_phone_for_a_while_in_business_hours() {
    // 3.3: a customer's reply to an app message that was not seen must not get a greeting.
    let facts = fold(Facts::default(), &customer(0), 1);
    let run = RunId::from("r");
    let flow = Sender::Flow(&run);
    let open = |until| Some(Shop::Open { until });
    let minutes = |minutes: u64| minutes * 60;
    let table = [
        ("echoes are seen", None, flow, Purpose::FreeForm, 0, None),
        ("closed", Some(Shop::Closed), flow, Purpose::FreeForm, 0, None),
        ("open", open(None), flow, Purpose::FreeForm, 0, Some(minutes(15))),
        ("nearly", open(None), flow, Purpose::FreeForm, minutes(15) - 1, Some(minutes(15))),
        ("silent for long enough", open(None), flow, Purpose::FreeForm, minutes(15), None),
        ("closing before", open(Some(at(minutes(5)))), flow, Purpose::FreeForm, 0, Some(minutes(5))),
        ("a template", open(None), flow, Purpose::Template, 0, None),
        ("a receipt", open(None), flow, Purpose::Receipt, 0, None),
        ("a person", open(None), Sender::Person, Purpose::FreeForm, 0, None),
    ];
    for (name, shop, sender, purpose, secs, held) in table {
        let echo_blind = shop.map(|shop| EchoBlind { patience: ECHO_BLIND_PATIENCE, shop });
        let situation = Situation { echo_blind, ..quiet(&facts, Echo::default(), secs) };
        let objection = judge(&Proposal { purpose, sender, category: None }, &situation).err();
        let until = objection.map(|objection| (objection.rule, objection.into_refusal()));
        assert_eq!(until, held.map(|held| ("echo-blind", Refusal::Quota { until: at(held) })), "{name}");
    }
}

#[test]
fn routing_by_the_first_match() {
    let (night, day) = (InstallationId::from("night"), InstallationId::from("day"));
    let trigger = |events: &[&str], hours| Trigger {
        events: events.iter().map(|e| (*e).to_owned()).collect(),
        hours,
        follow_up: false,
        people: None,
    };
    let closed = trigger(&["message"], HoursCondition::Closed);
    let any = trigger(&["message", "edit"], HoursCondition::Any);
    let decide = |event: &Event, owner, app_only: bool, open| {
        let candidates = [
            Candidate { installation: &night, trigger: &closed, open, owner, paused: None },
            Candidate { installation: &day, trigger: &any, open, owner, paused: None },
        ];
        let id = "1".into();
        let question = Question {
            event,
            number: Some(NumberTraits { id: &id, sector: None, unit: None, app_only, locked: false }),
            owner,
            holder: None,
            person: Person::default(),
            first_contact: false,
            heard_last: None,
            campaign: None,
            candidates: &candidates,
        };
        let decision = route(&Routing::default(), &question);
        match decision.handler {
            Handler::Flow(flow) => flow.into_string(),
            _ => decision.rule.to_string(),
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
    assert_eq!(facts.ownership_at(Echo::default(), at(later), &Release::default()).owner, Owner::Nobody);
    let facts = hand_off(facts, HandOffTarget::Team, &"run".into(), at(later), &Release::default());
    assert_eq!(facts.ownership_at(Echo::default(), at(later + 1), &Release::default()).owner, Owner::Team);
    let kept = hand_off(facts.clone(), HandOffTarget::App, &"other".into(), at(later + 2), &Release::default());
    assert_eq!(kept, facts, "whoever holds it keeps it");
}

#[test]
fn s2_a_vip_still_gets_utility_templates_and_nothing_else() {
    use ponte_policy::{Category, Purposes};
    let (run, open) = (RunId::from("r"), fold(Facts::default(), &customer(0), 1));
    let by_rule = Facts { routed: Some(Owner::App), ..open.clone() };
    let by_hand = fold(open.clone(), &phone(1), 2);
    let default = PhoneTerms::default();
    let switched = PhoneTerms { app_only: true, ..default };
    let judged = |facts: &Facts, purpose, phone, category, sender| {
        let situation = Situation { phone: PhoneTerms { category, ..phone }, ..quiet(facts, Echo::default(), 2) };
        judge(&Proposal { purpose, sender, category: None }, &situation).is_ok()
    };
    for (name, facts, terms) in
        [("a rule", &by_rule, default), ("somebody wrote", &by_hand, default), ("the switch", &open, switched)]
    {
        let flow = |purpose, category| judged(facts, purpose, terms, category, Sender::Flow(&run));
        assert!(!flow(Purpose::FreeForm, None), "{name}");
        assert!(!flow(Purpose::Receipt, None), "{name}");
        for (category, expected) in [
            (None, true),
            (Some(Category::Utility), true),
            (Some(Category::Authentication), true),
            (Some(Category::Marketing), false),
        ] {
            assert_eq!(flow(Purpose::Template, category), expected, "{name} {category:?}");
        }
        assert!(judged(facts, Purpose::FreeForm, terms, None, Sender::Person), "{name}: people may");
    }
    let marketing = PhoneTerms { purposes: Purposes::of(&[Category::Marketing]), ..default };
    let flow = |category| judged(&by_rule, Purpose::Template, marketing, Some(category), Sender::Flow(&run));
    assert!(flow(Category::Marketing) && !flow(Category::Utility), "as the policy says");
    assert!(judged(&open, Purpose::Template, default, Some(Category::Marketing), Sender::Flow(&run)), "nobody's chat");
}

#[test]
fn two_conversations_with_one_person_keep_the_phone_and_the_later_window() {
    // Section 8 of the platform: the person's number or BSUID changed, the chat goes on.
    let ours = fold(fold(Facts::default(), &customer(0), 1), &phone(60), 2);
    let theirs = fold(Facts::default(), &customer(HOUR), 3);
    for (one, other) in [(&ours, &theirs), (&theirs, &ours)] {
        let both = merge(one, other, at(2 * HOUR), &Release::default());
        assert_eq!(both.ownership.owner, Owner::App);
        assert_eq!(both.ownership.since, at(60));
        assert_eq!(both.window_until, Some(at(25 * HOUR)), "never shortened");
        assert_eq!((both.last_customer_at, both.previous_customer_at), (Some(at(HOUR)), Some(at(0))));
        assert_eq!(both.echo_seq, 2);
        assert_eq!(merge(&both, other, at(2 * HOUR), &Release::default()), both, "once is enough");
    }
    // A phone that let go does not take it from the team.
    let team = hand_off(theirs, HandOffTarget::Team, &"r".into(), at(13 * HOUR), &Release::default());
    assert_eq!(merge(&ours, &team, at(14 * HOUR), &Release::default()).ownership.owner, Owner::Team);
}
