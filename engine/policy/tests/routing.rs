//! Routing by a written policy.

mod routing_support;

use ponte_model::{ContactId, Content, Message, Owner, Referral};
use ponte_policy::{
    Candidate, Handler, HoursCondition, PolicyError, Question, Routing, RoutingPolicy, Target, Trigger, bucket, route,
};
use proptest::prelude::*;
use routing_support::{Chat, routing};

/// In a share of 25 % by the plan `support`, and not.
const EARLY: &str = "con_0";
const LATE: &str = "con_1";

fn policy(percent: u8) -> String {
    format!(
        r#"
        timezone = "America/Sao_Paulo"
        [lists]
        vip = ["+55 11 99999-0001"]
        [calendars.shop]
        hours = "mon-fri 09:00-18:00"
        [[stages]]
        name = "support"
        sector = "support"
        percent = {percent}
        [[stages]]
        name = "billing"
        sector = "billing"
        percent = 100
        [[rules]]
        name = "vip"
        to = "app"
        when = {{ lists = "vip" }}
        [[rules]]
        name = "staff"
        to = "ignore"
        when = {{ tags = "staff" }}
        [[rules]]
        name = "handed over"
        to = "team"
        when = {{ owners = "team" }}
        [[rules]]
        name = "billing at night"
        to = {{ flow = "boletos" }}
        when = {{ sectors = "billing", hours = "closed", calendar = "shop" }}
        [[rules]]
        name = "night"
        to = {{ flow = "night" }}
        when = {{ hours = "closed", calendar = "shop" }}
        "#
    )
}

#[test]
fn routing_s1_s0_the_expected_handler_for_each_contact_sector_hour_percent_and_owner() {
    let mut cases = 0;
    for percent in [0, 25, 100] {
        let routing = routing(&policy(percent));
        for who in ["early", "late", "vip", "staff"] {
            for sector in [None, Some("support"), Some("billing"), Some("sales")] {
                for open in [true, false] {
                    for owner in [Owner::Nobody, Owner::Flow, Owner::App, Owner::Team] {
                        let chat = Chat {
                            contact: if who == "late" { LATE } else { EARLY },
                            phone: if who == "vip" { "5511999990001" } else { "5511911112222" },
                            tags: if who == "staff" { vec!["staff".to_owned()] } else { Vec::new() },
                            sector,
                            // Monday at noon, Monday at ten in the evening, in São Paulo.
                            at: if open { "2026-11-23T15:00:00Z" } else { "2026-11-24T01:00:00Z" },
                            owner,
                            ..Chat::default()
                        };
                        let expected = expected(who, sector, open, percent, owner);
                        let decision = chat.decide(&routing);
                        let found = match (&decision.handler, &decision.target) {
                            (Handler::Flow(flow), _) => flow.to_string(),
                            (Handler::App, _) => "app".to_owned(),
                            (Handler::Team, _) => "team".to_owned(),
                            (Handler::Nobody, Some(Target::Ignore)) => "ignored".to_owned(),
                            (Handler::Nobody, _) => decision.rule.to_string(),
                        };
                        assert_eq!(found, expected, "{who} {sector:?} open={open} {percent} % {owner}: {decision:?}");
                        assert!(!decision.why().is_empty(), "every decision says why: {decision:?}");
                        cases += 1;
                    }
                }
            }
        }
    }
    assert!(cases >= 200, "{cases} cases");
}

/// The same in plain words.
fn expected(who: &str, sector: Option<&str>, open: bool, percent: u8, owner: Owner) -> &'static str {
    // The transition has not come to sales, nor to numbers without a sector.
    let automated = match sector {
        Some("billing") => true,
        Some("support") if who == "late" => percent == 100,
        Some("support") => percent >= 25,
        _ => false,
    };
    if !automated || who == "vip" {
        return "app";
    }
    if who == "staff" {
        return "ignored";
    }
    match owner {
        Owner::Team => "team",
        Owner::App => "owned-by-app",
        Owner::Nobody | Owner::Flow if open => "menu",
        Owner::Nobody | Owner::Flow if sector == Some("billing") => "boletos",
        Owner::Nobody | Owner::Flow => "night",
    }
}

fn support(percent: u8) -> Routing {
    routing(&format!("[[stages]]\nname = \"support\"\nsector = \"support\"\npercent = {percent}\n"))
}

proptest! {
    #[test]
    fn a_contact_stays_in_its_stage_when_the_share_grows(contact in "con_[0-9a-f]{12}", a in 0u8..=100, b in 0u8..=100) {
        let chat = Chat { contact: &contact, sector: Some("support"), ..Chat::default() };
        let automated = |percent| matches!(chat.decide(&support(percent)).handler, Handler::Flow(_));
        prop_assert!(!automated(a.min(b)) || automated(a.max(b)));
        prop_assert!(automated(100) && !automated(0));
        prop_assert_eq!(automated(a), bucket("support", &ContactId::new(contact.as_str())) < a);
    }
}

#[test]
fn the_first_rule_that_holds_wins_and_is_named_with_its_place() {
    let routing = routing(
        r#"
        [[rules]]
        name = "never"
        to = "ignore"
        when = { sectors = "sales" }
        [[rules]]
        name = "contract"
        to = "team"
        why = "never by a machine"
        when = { keywords = ["rescisão"] }
        [[rules]]
        name = "all"
        to = "observe"
        "#,
    );
    let decision = Chat { text: "Quero a RESCISAO!", ..Chat::default() }.decide(&routing);
    assert_eq!((decision.rule.to_string().as_str(), decision.why().as_str()), ("2:contract", "never by a machine"));
    assert_eq!(decision.handler, Handler::Team);
    let other = Chat { text: "rescindir", ..Chat::default() }.decide(&routing);
    assert_eq!((other.rule.to_string().as_str(), other.why().as_str()), ("3:all", "always"));
    assert_eq!(other.target, Some(Target::Observe));
}

#[test]
fn explain_names_the_condition_that_failed_in_every_rule_that_was_asked() {
    let routing = routing(&policy(0));
    let chat = Chat { sector: Some("billing"), at: "2026-11-24T01:00:00Z", ..Chat::default() };
    let asked = chat.ask(|question| routing.explain(question));
    let lines: Vec<_> =
        asked.iter().map(|one| format!("{} {} {}: {}", one.index, one.name, one.held, one.why)).collect();
    assert_eq!(
        lines,
        [
            "0 outside-stages false: in stage billing: sector billing, among 100 % of contacts by plan billing",
            "1 vip false: wants in list vip; the contact is in none of them",
            "2 staff false: wants tag staff; the contact has no tags",
            "3 handed over false: wants owner team; the owner is nobody",
            "4 billing at night true: sector billing, closed by calendar shop",
        ]
    );
    let late = Chat { contact: LATE, sector: Some("support"), ..Chat::default() };
    let asked = late.ask(|question| routing.explain(question));
    assert_eq!(asked.len(), 1, "outside its stages nothing else is asked");
    assert!(
        asked[0].held && asked[0].why.contains("among 0 % of contacts by plan support; the contact's bucket"),
        "{asked:?}"
    );
    assert_eq!(late.decide(&routing).why(), asked[0].why, "the decision says the same");
}

#[test]
fn each_condition_holds_where_it_should() {
    let message = |content| Message::of(content);
    let text = |body: &str| message(Content::Text { body: body.into() });
    let ad = |source: Option<&str>| {
        let referral = Referral { source_id: source.map(Into::into), ..Referral::default() };
        Message { referral: Some(Box::new(referral)), ..text("oi") }
    };
    let voice = || {
        let json = serde_json::json!({"type": "media", "kind": "voice", "id": "m"});
        message(serde_json::from_value(json).unwrap())
    };
    let plain = Chat::default();
    let tagged = |tag: &str| Chat { tags: vec![tag.to_owned()], ..Chat::default() };
    let with = |message| Chat { message: Some(message), ..Chat::default() };
    for (when, chat, expected) in [
        ("ad = true", with(ad(None)), true),
        ("ad = true", plain.clone(), false),
        ("ad = false", with(ad(None)), false),
        ("ad_sources = \"77\"", with(ad(Some("77"))), true),
        ("ad_sources = [\"76\", \"77\"]", with(ad(Some("78"))), false),
        ("ad_sources = \"77\"", plain.clone(), false),
        ("campaign = true", Chat { campaign: Some("sale"), ..Chat::default() }, true),
        ("campaign = true", plain.clone(), false),
        ("campaigns = [\"sale\"]", Chat { campaign: Some("sale"), ..Chat::default() }, true),
        ("campaigns = [\"sale\"]", Chat { campaign: Some("news"), ..Chat::default() }, false),
        ("contact = \"new\"", Chat { first_contact: true, ..Chat::default() }, true),
        ("contact = \"new\"", plain.clone(), false),
        ("contact = \"returning\"", plain.clone(), true),
        ("kinds = \"voice\"", with(voice()), true),
        ("kinds = \"media\"", with(voice()), true),
        ("kinds = [\"image\", \"text\"]", with(voice()), false),
        ("languages = \"es\"", tagged("language:es"), true),
        ("languages = \"es\"", with(text("Hola, ¿qué tal?")), true),
        ("languages = \"es\"", with(text("olá")), false),
        ("languages = \"es\"", Chat { text: "hola", ..tagged("language:pt") }, false),
        ("lists = \"board\"", Chat { contact: "con_board", ..Chat::default() }, true),
        ("lists = \"board\"", Chat { phone: "5511988887777", ..Chat::default() }, true),
        ("lists = \"board\"", plain.clone(), false),
        ("tags = [\"vip\", \"staff\"]", tagged("staff"), true),
        ("tags = \"vip\"", tagged("VIP"), false),
        ("units = \"centro\"", Chat { unit: Some("centro"), ..Chat::default() }, true),
        ("units = \"centro\"", plain.clone(), false),
        ("numbers = \"1\"", plain.clone(), true),
        ("numbers = \"2\"", plain.clone(), false),
        ("owners = [\"app\"]", Chat { owner: Owner::App, ..Chat::default() }, true),
        ("owners = [\"app\"]", plain.clone(), false),
        ("from = \"2026-11-23 12:00\"", plain.clone(), true),
        ("from = \"2026-11-23 12:01\"", plain.clone(), false),
        ("until = \"2026-11-23 12:00\"", plain.clone(), false),
        ("until = \"2026-11-24\"", plain.clone(), true),
        ("hours = \"open\", calendar = \"shop\"", plain.clone(), true),
        ("hours = \"closed\", calendar = \"shop\"", plain.clone(), false),
        ("percent = 100", plain.clone(), true),
        ("percent = 0", plain.clone(), false),
        ("", plain.clone(), true),
    ] {
        let routing = routing(&format!(
            "timezone = \"America/Sao_Paulo\"\nlists.board = [\"con_board\", \"+55 (11) 98888-7777\"]\n\
             languages.es = [\"hola\"]\ncalendars.shop = {{ hours = \"mon-fri 09:00-18:00\" }}\n\
             [[rules]]\nname = \"it\"\nto = \"team\"\nwhen = {{ {when} }}\n"
        ));
        let decision = chat.decide(&routing);
        assert_eq!(decision.handler == Handler::Team, expected, "{when}: {decision:?}");
        let asked = chat.ask(|question| routing.explain(question));
        assert_eq!(asked[0].held, expected, "explain agrees about {when}: {asked:?}");
    }
}

#[test]
fn a_rule_to_a_flow_goes_by_that_flows_own_hours() {
    let routing = routing("[[rules]]\nname = \"day\"\nto = { flow = \"day\" }\nwhen = { hours = \"open\" }\n");
    let (day, menu) = ("day".into(), "menu".into());
    let any =
        Trigger { events: ["message".to_owned()].into(), hours: HoursCondition::Any, follow_up: false, people: None };
    for (open, expected) in [(Some(true), "day"), (Some(false), "menu"), (None, "menu")] {
        let candidates = [
            Candidate { installation: &menu, trigger: &any, open: Some(true), owner: Owner::Nobody, paused: None },
            Candidate { installation: &day, trigger: &any, open, owner: Owner::Nobody, paused: None },
        ];
        let decision =
            Chat::default().ask(|question| route(&routing, &Question { candidates: &candidates, ..question.clone() }));
        assert_eq!(decision.handler, Handler::Flow(expected.into()), "{open:?}");
    }
}

#[test]
fn a_rule_to_a_flow_that_cannot_take_the_event_says_so_and_asks_no_other() {
    let routing = routing("[[rules]]\nname = \"gone\"\nto = { flow = \"gone\" }\n");
    let decision = Chat::default().decide(&routing);
    assert_eq!(decision.handler, Handler::Nobody);
    assert_eq!(decision.rule.to_string(), "flow-not-active");
    assert_eq!(decision.why(), "rule 1:gone named flow gone, but it is not active on this number");
}

#[test]
fn a_paused_flow_is_passed_over_as_if_it_were_not_installed_and_the_decision_says_so() {
    let (day, menu) = ("day".into(), "menu".into());
    let any =
        Trigger { events: ["message".to_owned()].into(), hours: HoursCondition::Any, follow_up: false, people: None };
    let to_day = "[[rules]]\nname = \"day\"\nto = { flow = \"day\" }\n";
    let then = |more: &str| format!("{to_day}{more}");
    // The policy, whether `menu` is paused too, who speaks; the rule that decides, and who handles it.
    let table = [
        ("".to_owned(), false, Owner::Nobody, "first-match", Handler::Flow("menu".into())),
        ("".to_owned(), true, Owner::Nobody, "flow-paused", Handler::Nobody),
        (then(""), false, Owner::Nobody, "first-match", Handler::Flow("menu".into())),
        (then("[[rules]]\nname = \"team\"\nto = \"team\"\n"), false, Owner::Nobody, "2:team", Handler::Team),
        (then("[[rules]]\nname = \"app\"\nto = \"app\"\n"), true, Owner::Nobody, "2:app", Handler::App),
        (then("[default]\nto = \"observe\"\n"), false, Owner::Nobody, "flow-paused", Handler::Nobody),
        (then("[default]\nto = { flow = \"day\" }\n"), false, Owner::Nobody, "flow-paused", Handler::Nobody),
        (then(""), false, Owner::App, "owned-by-app", Handler::Nobody),
    ];
    for (toml, menu_paused, owner, rule, handler) in table {
        let routing = routing(&toml);
        let candidates = [
            Candidate { installation: &day, trigger: &any, open: None, owner, paused: Some("its template is paused") },
            Candidate {
                installation: &menu,
                trigger: &any,
                open: None,
                owner,
                paused: menu_paused.then_some("holidays"),
            },
        ];
        let chat = Chat { owner, ..Chat::default() };
        let decision = chat.ask(|question| route(&routing, &Question { candidates: &candidates, ..question.clone() }));
        assert_eq!((decision.rule.to_string().as_str(), &decision.handler), (rule, &handler), "{toml} {decision:?}");
        if toml.contains("day") {
            assert!(decision.why().contains("flow day is paused: its template is paused"), "{toml} {decision:?}");
        }
        let asked = chat.ask(|question| routing.explain(&Question { candidates: &candidates, ..question.clone() }));
        let first = asked.first().filter(|_| toml.contains("[[rules]]"));
        assert!(first.is_none_or(|rule| !rule.held && rule.why.contains("is paused")), "explain agrees: {asked:?}");
    }
}

#[test]
fn s0_one_switch_puts_a_number_a_unit_or_everything_on_the_phone_alone() {
    for (switch, unit, expected) in [
        ("tenant = true", None, true),
        ("units = \"centro\"", Some("centro"), true),
        ("units = \"centro\"", Some("norte"), false),
        ("units = \"centro\"", None, false),
        ("numbers = \"1\"", None, true),
        ("numbers = \"2\"", None, false),
    ] {
        let routing = routing(&format!("[app_only]\n{switch}\n"));
        let decision = Chat { unit, ..Chat::default() }.decide(&routing);
        assert_eq!(decision.rule.to_string() == "app-only", expected, "{switch} {unit:?}: {decision:?}");
        assert_eq!(matches!(decision.handler, Handler::App), expected);
    }
    let closed = Chat::default().decide(&Routing::closed("unreadable"));
    assert_eq!((closed.handler, closed.detail.as_deref()), (Handler::App, Some("unreadable")));
}

#[test]
fn everything_that_is_wrong_with_a_policy_is_said_at_once_and_where() {
    let text = r#"
        timezone = "Sao Paulo"
        calendars.shop = { hours = "montag 09:00-18:00" , timezone = "UTC" }
        [[stages]]
        name = "a"
        percent = 101
        from = "01/10/2026"
        [[rules]]
        name = "x"
        to = "app"
        when = { lists = "vip", kinds = "vioce", keywords = "?!", plan = "p" }
        [[rules]]
        name = "x"
        to = "flows"
        when = { hours = "open" }
        [[rules]]
        name = ""
        to = "flows"
        when = { hours = "open", calendar = "nope" }
    "#;
    let Err(PolicyError::Wrong(problems)) = RoutingPolicy::from_toml(text) else { panic!("it is wrong") };
    let mut places: Vec<_> = problems.iter().map(|problem| problem.at.as_str()).collect();
    places.sort_unstable();
    assert_eq!(
        places,
        [
            "calendars.shop",
            "rules[0].when.keywords",
            "rules[0].when.kinds",
            "rules[0].when.lists",
            "rules[0].when.plan",
            "rules[1].name",
            "rules[1].when.hours",
            "rules[2].name",
            "rules[2].when.calendar",
            "stages[0].from",
            "stages[0].percent",
            "timezone",
        ]
    );
    for unreadable in ["rule = []", "[[rules]]\nname = \"a\"\nto = \"phone\"", "[default]\nto = 1"] {
        assert!(matches!(RoutingPolicy::from_toml(unreadable), Err(PolicyError::Unreadable(_))), "{unreadable}");
    }
}

#[test]
fn the_example_is_a_policy_and_survives_being_written_again() {
    let policy = RoutingPolicy::from_toml(include_str!("../../../examples/policy.toml")).unwrap();
    assert_eq!(RoutingPolicy::from_toml(&policy.to_toml()).unwrap(), policy);
    let json = serde_json::to_value(&policy).unwrap();
    assert_eq!(serde_json::from_value::<RoutingPolicy>(json).unwrap(), policy);
    let empty = RoutingPolicy::default();
    assert_eq!((RoutingPolicy::from_toml("").unwrap(), empty.to_toml().as_str()), (empty.clone(), ""));
}
