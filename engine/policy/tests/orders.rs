//! Who hears of a store's order, and who of what the customer says to that.

use std::time::Duration;

use ponte_model::{
    Body, Buyer, Contact, Content, Event, InstallationId, Lane, Message, OrderState, Origin, Owner, StoreOrder,
    Timestamp,
};
use ponte_policy::{
    Candidate, Facts, FollowUp, Handler, HoursCondition, NumberTraits, Person, Question, Routing, RoutingPolicy,
    Trigger, fold, route,
};

fn at(hours: u64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000).plus(Duration::from_secs(hours * 3600))
}

fn event(origin: Origin, body: Body) -> Event {
    Event {
        key: "k".into(),
        origin,
        lane: Lane::Message,
        waba_id: None,
        number_id: Some("1".into()),
        contact: Some(Contact::by_phone("5511987654321")),
        message_id: None,
        at: at(0),
        body,
    }
}

fn paid() -> StoreOrder {
    StoreOrder {
        source: "loja".into(),
        id: "1".into(),
        number: "#1".into(),
        state: OrderState::Paid,
        changed: at(0),
        total: None,
        items: Vec::new(),
        status_url: None,
        parcels: Vec::new(),
        customer: Buyer::default(),
        test: false,
        withheld: false,
        channel: None,
        consent: None,
        listener: None,
        raw: serde_json::Value::Null,
    }
}

fn told(order: StoreOrder) -> Event {
    event(Origin::System, Body::Order(Box::new(order)))
}

/// How things stand when an event comes.
struct Case {
    owner: Owner,
    known: bool,
    app_only: bool,
    locked: bool,
    policy: &'static str,
}

const PLAIN: Case = Case { owner: Owner::Nobody, known: true, app_only: false, locked: false, policy: "" };

/// Where `menu` takes messages, and `orders` orders and what is said to its own messages: who handles the event.
fn decide(event: &Event, case: &Case) -> String {
    let routing = Routing::compile(&RoutingPolicy::from_toml(case.policy).unwrap()).unwrap();
    let trigger = |events: &[&str], follow_up| Trigger {
        events: events.iter().map(|event| (*event).to_owned()).collect(),
        hours: HoursCondition::Any,
        follow_up,
        people: None,
    };
    let (orders, menu) = (trigger(&["order", "message"], true), trigger(&["message"], false));
    let ids: [InstallationId; 2] = ["orders".into(), "menu".into()];
    let candidates = [
        Candidate { installation: &ids[0], trigger: &orders, open: None, owner: case.owner, paused: None },
        Candidate { installation: &ids[1], trigger: &menu, open: None, owner: case.owner, paused: None },
    ];
    let (number, contact, phone) = ("1".into(), "con_1".into(), "5511987654321".into());
    let decision = route(
        &routing,
        &Question {
            event,
            number: Some(NumberTraits {
                id: &number,
                sector: None,
                unit: None,
                app_only: case.app_only,
                locked: case.locked,
            }),
            owner: case.owner,
            person: Person { id: case.known.then_some(&contact), phone: Some(&phone), ..Person::default() },
            first_contact: false,
            holder: None,
            heard_last: None,
            campaign: None,
            candidates: &candidates,
        },
    );
    assert_eq!(decision.target, None, "an order says nothing of who answers the customer");
    match &decision.handler {
        Handler::Flow(flow) => format!("{flow} ({})", decision.rule),
        _ => decision.rule.to_string(),
    }
}

#[test]
fn s2_an_order_goes_to_the_flow_that_takes_orders_whoever_speaks_in_the_chat() {
    let vip =
        "[lists]\nvip = [\"+55 11 98765-4321\"]\n[[rules]]\nname = \"vip\"\nto = \"app\"\nwhen = { lists = \"vip\" }\n";
    let table = [
        ("nobody speaks", PLAIN, "orders (order)"),
        ("the phone speaks", Case { owner: Owner::App, ..PLAIN }, "orders (order)"),
        ("the team speaks", Case { owner: Owner::Team, ..PLAIN }, "orders (order)"),
        ("a VIP, who is answered by hand", Case { policy: vip, ..PLAIN }, "orders (order)"),
        ("everything is on the phone alone", Case { app_only: true, ..PLAIN }, "app-only"),
        ("the number is locked", Case { locked: true, ..PLAIN }, "number-locked"),
        ("no phone number is known", Case { known: false, ..PLAIN }, "no-phone"),
    ];
    for (story, case, expected) in table {
        assert_eq!(decide(&told(paid()), &case), expected, "{story}");
    }
    assert_eq!(decide(&told(StoreOrder { test: true, withheld: true, ..paid() }), &PLAIN), "test-order");
    assert_eq!(decide(&told(StoreOrder { test: true, ..paid() }), &PLAIN), "orders (order)");
    let to = |listener: &str| StoreOrder { listener: Some(listener.into()), ..paid() };
    assert_eq!(decide(&told(to("orders")), &PLAIN), "orders (order)");
    assert_eq!(decide(&told(to("gone")), &PLAIN), "no-flow", "what was meant for one is not given to another");
}

#[test]
fn an_order_changes_nothing_of_who_speaks_or_of_the_window() {
    assert_eq!(fold(Facts::default(), &told(paid()), 7), Facts::default());
}

#[test]
fn a_flow_that_follows_up_hears_those_who_may_be_answering_it_before_others_and_nobody_else() {
    let who = |heard_last| {
        let routing = Routing::default();
        let trigger = |follow_up| Trigger {
            events: ["message".to_owned()].into(),
            hours: HoursCondition::Any,
            follow_up,
            people: None,
        };
        let (orders, menu) = (trigger(true), trigger(false));
        let ids: [InstallationId; 2] = ["orders".into(), "menu".into()];
        // Behind the other in priority.
        let candidates = [
            Candidate { installation: &ids[1], trigger: &menu, open: None, owner: Owner::Nobody, paused: None },
            Candidate { installation: &ids[0], trigger: &orders, open: None, owner: Owner::Nobody, paused: None },
        ];
        let event = event(Origin::Customer, Body::Message(Message::of(Content::Text { body: "cadê?".into() })));
        let question = Question {
            event: &event,
            number: None,
            owner: Owner::Nobody,
            person: Person::default(),
            first_contact: false,
            holder: None,
            heard_last,
            campaign: None,
            candidates: &candidates,
        };
        route(&routing, &question).handler
    };
    let (orders, other) = ("orders".into(), "other".into());
    assert_eq!(who(Some(&orders)), Handler::Flow("orders".into()));
    assert_eq!(who(Some(&other)), Handler::Flow("menu".into()));
    assert_eq!(who(None), Handler::Flow("menu".into()));

    let facts = Facts { heard: Some(FollowUp { flow: orders.clone(), until: at(72) }), ..Facts::default() };
    assert_eq!(facts.heard_last(at(71)), Some(&orders));
    assert_eq!(facts.heard_last(at(72)), None, "three days later it is about something else");
}
