//! What the seed documents ask of the policy, row by row: sections 3.1 to 3.6 of the requirements. docs/seeds.md maps
//! every row to its test; those that are shown elsewhere already are not shown again here.

mod routing_support;

use std::collections::BTreeMap;
use std::time::Duration;

use ponte_model::consent::{Change, Purpose as For, Source, Statement};
use ponte_model::{Body, Call, Content, Event, HandOffTarget, Lane, Message, Origin, Owner, Refusal, RunId, Timestamp};
use ponte_policy::capabilities::{Becomes, FEATURES, changes};
use ponte_policy::consent::{Addressee, ConsentRules, Reach};
use ponte_policy::lifecycle::{Answer, CHECKLIST, Known, Life, Link, Sending, Signs, Subject, checklist, standing};
use ponte_policy::mode::{Mode, Wanted, contradictions, doubts};
use ponte_policy::profile::{Can, PROFILES, Profile};
use ponte_policy::words::Language;
use ponte_policy::{
    Category, ECHO_BLIND_PATIENCE, Echo, EchoBlind, Facts, Handler, PhoneTerms, Proposal, Purpose, Release, Sender,
    Shop, Situation, bucket, consent, fold, hand_off, judge,
};
use routing_support::{Chat, routing};

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

fn words() -> Message {
    Message::of(Content::Text { body: "oi".into() })
}

fn customer(secs: u64) -> Event {
    event(Origin::Customer, secs, Body::Message(words()))
}

fn phone(secs: u64) -> Event {
    event(Origin::App, secs, Body::Echo(words()))
}

/// Where nothing but the facts speaks against it.
fn situation(facts: &Facts, secs: u64) -> Situation<'_> {
    Situation {
        now: at(secs),
        number: &Sending::Free,
        facts,
        echo: Echo::default(),
        template: None,
        echo_blind: None,
        phone: PhoneTerms::default(),
        budget: None,
        reach: Reach::default(),
        release: Release::default(),
    }
}

fn proposed(purpose: Purpose, run: &RunId, category: Option<Category>) -> Proposal<'_> {
    Proposal { purpose, sender: Sender::Flow(run), category }
}

/// The refusal of an answer at a moment, if it is refused.
fn answer(facts: &Facts, secs: u64) -> Option<Refusal> {
    let run = RunId::from("r");
    judge(&proposed(Purpose::FreeForm, &run, None), &situation(facts, secs)).err().map(|no| no.into_refusal())
}

// 3.1 Same number, two modes

#[test]
fn s4_a_mode_that_contradicts_what_is_said_of_the_number_is_refused_with_the_reason() {
    let fine = Wanted { mode: Mode::Coexistence, throughput: 5, waits_for_phone: false, echo_blind: false };
    let blind = Wanted { waits_for_phone: true, echo_blind: true, ..fine };
    for (name, wanted, reasons) in [
        ("coexistence", fine, vec![]),
        ("coexistence whose phone is not seen", blind, vec![]),
        ("the API alone", Wanted { mode: Mode::Api, throughput: 80, ..fine }, vec![]),
        ("the app alone", Wanted { mode: Mode::App, ..fine }, vec![]),
        ("a pace of nothing", Wanted { throughput: 0, ..fine }, vec!["--throughput: at least 1"]),
        ("no phone to wait for", Wanted { mode: Mode::Api, waits_for_phone: true, ..fine }, vec!["has no phone"]),
        ("no phone to be passed on", Wanted { mode: Mode::Api, echo_blind: true, ..fine }, vec!["--profile"]),
        ("nothing that waits", Wanted { mode: Mode::App, waits_for_phone: true, ..fine }, vec!["nothing is automated"]),
    ] {
        let found = contradictions(&wanted);
        assert_eq!(found.len(), reasons.len(), "{name}: {found:?}");
        for (found, reason) in found.iter().zip(reasons) {
            assert!(found.contains(reason), "{name}: {found}");
        }
    }
    // 20 by Meta's page, 5 by others: said, not refused.
    for (mode, throughput, doubted) in [
        (Mode::Coexistence, 20, false),
        (Mode::Coexistence, 80, true),
        (Mode::Api, 80, false),
        (Mode::Api, 1_001, true),
    ] {
        assert_eq!(doubts(&Wanted { mode, throughput, ..fine }).is_some(), doubted, "{mode:?} {throughput}");
    }
}

#[test]
fn s4_there_is_no_coexistence_without_an_api_and_the_checklist_says_what_is_missing() {
    let life = Life::default();
    let subject = |profile| Subject { life: &life, signs: Signs::default(), registered_at: at(0), profile };
    let missing = |has_account, has_token| {
        let known = Known { subject: subject(meta()), has_account, has_token: Some(has_token), now: at(1) };
        let (lines, next) = checklist(&known, Language::En);
        let to_do = lines.iter().filter(|line| line.answer == Answer::ToDo).map(|line| line.item);
        (to_do.collect::<Vec<_>>(), next.unwrap_or_default())
    };
    assert_eq!(missing(false, false).0, ["portfolio", "token", "echo"]);
    assert!(missing(false, false).1.contains("ponte number add"), "the first of them is what to do next");
    assert_eq!(missing(true, false).0, ["token", "echo"]);
    assert_eq!(missing(true, true).0, ["echo"]);
}

fn meta() -> &'static Profile {
    Profile::named("meta").expect("it is known")
}

#[test]
fn s4_with_every_kind_of_provider_a_person_who_answers_from_the_phone_is_not_talked_over() {
    let run = RunId::from("r");
    for profile in PROFILES {
        // Somebody wrote from the phone, and the provider passes that on or does not; then the customer answers.
        let heard = if profile.echoes.is_yes() { fold(Facts::default(), &phone(0), 1) } else { Facts::default() };
        let facts = fold(heard, &customer(60), 2);
        let echo_blind = profile
            .is_echo_blind()
            .then_some(EchoBlind { patience: ECHO_BLIND_PATIENCE, shop: Shop::Open { until: None } });
        let verdict = |secs| {
            let situation = Situation { echo_blind, ..situation(&facts, secs) };
            judge(&proposed(Purpose::FreeForm, &run, None), &situation).map_err(|no| no.rule)
        };
        let expected = if profile.echoes.is_yes() { "owner" } else { "echo-blind" };
        assert_eq!(verdict(61), Err(expected), "{}", profile.name);
        // What is said to be unknown is treated like what is said to be missing.
        let unsure = profile.echoes != Can::Yes || profile.app_chats != Can::Yes;
        assert_eq!(profile.is_echo_blind(), unsure, "{}", profile.name);
        assert!(!profile.source.is_empty() && !profile.since.is_empty());
    }
    assert_eq!(Profile::or_careful("respond.io").name, "unknown", "of whom nothing is known, nothing is believed");
}

#[test]
fn s1_s0_the_onboarding_checklist_has_a_next_action_in_every_state() {
    let day = 24 * HOUR;
    let onboarded = |secs| Life { onboarded_at: Some(at(secs)), ..Life::default() };
    let mut removed = onboarded(0);
    removed.link.now = Link::Removed { reason: Some("ACCOUNT_DISCONNECTED".into()), by: None };
    let heard = Signs { echo: at(10), contacts: at(10), history: at(10), phone: at(10), ..Signs::default() };
    let no_import = Signs { echo: at(10), phone: at(10), ..Signs::default() };
    for (name, life, signs, now, next) in [
        ("nothing was heard", Life::default(), Signs::default(), 1, "write a message in the app"),
        ("linked, nothing imported", onboarded(0), no_import, HOUR, "request the contacts"),
        ("the address book came", onboarded(0), Signs { contacts: at(20), ..no_import }, HOUR, "request the history"),
        ("too late to import", onboarded(0), no_import, 2 * day, ""),
        ("everything is there", onboarded(0), heard, HOUR, ""),
        // An expired code and a number that another partner holds are what linking again says.
        ("the link was ended", removed, heard, HOUR, "if the code or QR has expired, begin anew"),
    ] {
        let subject = Subject { life: &life, signs, registered_at: at(0), profile: meta() };
        let known = Known { subject, has_account: true, has_token: Some(true), now: at(now) };
        let (_, found) = checklist(&known, Language::En);
        let found = found.unwrap_or_default();
        assert!(found.contains(next) && found.is_empty() == next.is_empty(), "{name}: {found:?}");
    }
    // The app is too old: nothing that is heard tells, so it is asked and never taken for a fact.
    let subject = Subject { life: &Life::default(), signs: Signs::default(), registered_at: at(0), profile: meta() };
    let known = Known { subject, has_account: true, has_token: Some(true), now: at(1) };
    let (lines, _) = checklist(&known, Language::En);
    let version = lines.iter().find(|line| line.item == "app-version").expect("it is asked");
    assert_eq!(version.answer, Answer::Unknown);
}

// 3.2 Routing rules, VIP, after hours, sectors

#[test]
fn s0_flows_by_sector_unit_hour_and_customer_type() {
    let toml = r#"
        timezone = "America/Sao_Paulo"
        [calendars.shop]
        hours = "mon-fri 09:00-18:00"
        [[rules]]
        name = "wholesale"
        to = "team"
        when = { tags = "wholesale", sectors = "sales" }
        [[rules]]
        name = "centre at night"
        to = { flow = "night" }
        when = { units = "centre", hours = "closed", calendar = "shop" }
        [[rules]]
        name = "bills"
        to = { flow = "boletos" }
        when = { sectors = "billing" }
        [default]
        to = { flow = "menu" }
    "#;
    let routing = routing(toml);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for sector in ["sales", "billing"] {
        for unit in ["centre", "beach"] {
            for open in [true, false] {
                for tag in ["wholesale", "retail"] {
                    let chat = Chat {
                        sector: Some(sector),
                        unit: Some(unit),
                        tags: vec![tag.to_owned()],
                        // Monday at noon, Monday at ten in the evening, in São Paulo.
                        at: if open { "2026-11-23T15:00:00Z" } else { "2026-11-24T01:00:00Z" },
                        ..Chat::default()
                    };
                    let expected = match (sector, unit, open, tag) {
                        ("sales", _, _, "wholesale") => "team",
                        (_, "centre", false, _) => "night",
                        ("billing", ..) => "boletos",
                        _ => "menu",
                    };
                    let found = match chat.decide(&routing).handler {
                        Handler::Flow(flow) => flow.to_string(),
                        Handler::Team => "team".to_owned(),
                        other => format!("{other:?}"),
                    };
                    assert_eq!(found, expected, "{sector} {unit} open={open} {tag}");
                    *seen.entry(found).or_default() += 1;
                }
            }
        }
    }
    assert_eq!(seen.len(), 4, "every target is reached: {seen:?}");
}

#[test]
fn s0_fifty_units_at_different_stages_are_automated_exactly_as_their_plan_says() {
    let plan: Vec<_> = (0..50u8).map(|unit| (format!("unit-{unit}"), (unit * 2) % 101)).collect();
    let stage = |(unit, percent): &(String, u8)| {
        format!("[[stages]]\nname = \"{unit}\"\nunit = \"{unit}\"\npercent = {percent}\n")
    };
    // The last ten have no stage yet.
    let routing = routing(&plan[..40].iter().map(stage).collect::<String>());
    let contacts: Vec<_> = (0..40).map(|nth| format!("con_{nth:012x}")).collect();
    for (nth, (unit, percent)) in plan.iter().enumerate() {
        for contact in &contacts {
            let chat = Chat { contact, unit: Some(unit), ..Chat::default() };
            let decision = chat.decide(&routing);
            let planned = nth < 40 && bucket(unit, &contact.as_str().into()) < *percent;
            assert_eq!(matches!(decision.handler, Handler::Flow(_)), planned, "{unit} at {percent} %: {decision:?}");
            if !planned {
                assert_eq!((&decision.handler, decision.rule.to_string().as_str()), (&Handler::App, "outside-stages"));
            }
        }
    }
}

#[test]
fn s0_a_director_keeps_the_app_by_list_by_tag_and_by_number_whatever_else_is_said() {
    let lists = r#"
        [lists]
        board = ["+55 11 99999-0001"]
        [[rules]]
        name = "board"
        to = "app"
        when = { lists = "board" }
        [[rules]]
        name = "staff"
        to = "app"
        when = { tags = "board" }
        [[rules]]
        name = "everybody"
        to = "flows"
    "#;
    let director = || Chat { phone: "5511999990001", ..Chat::default() };
    let tagged = || Chat { tags: vec!["board".into()], ..Chat::default() };
    for text in ["oi", "menu", "quero comprar", "parabéns"] {
        for chat in [Chat { text, ..director() }, Chat { text, ..tagged() }] {
            let decision = chat.decide(&routing(lists));
            assert_eq!(decision.handler, Handler::App, "{decision:?}");
            assert!(!decision.why().is_empty(), "and it is written down why");
        }
    }
    assert!(matches!(Chat::default().decide(&routing(lists)).handler, Handler::Flow(_)), "others are automated");
    // A number that is the directors' own.
    let number = routing("[app_only]\nnumbers = [\"1\"]\n");
    let decision = Chat::default().decide(&number);
    assert_eq!((decision.handler, decision.rule.to_string().as_str()), (Handler::App, "app-only"));
}

// 3.4 Unsupported or changed app features

#[test]
fn s4_what_changes_for_you_is_told_in_three_languages() {
    for (name, language) in [("pt_br", Language::PtBr), ("es", Language::Es), ("en", Language::En)] {
        insta::assert_snapshot!(format!("changes_{name}"), changes(meta(), language));
    }
}

#[test]
fn s3_the_page_follows_what_the_provider_passes_on() {
    let becomes = |profile: &str, feature: &str| {
        let feature = FEATURES.iter().find(|one| one.name == feature).expect("it is in the matrix");
        feature.becomes_with(Profile::named(profile).expect("it is known"))
    };
    for (profile, feature, expected) in [
        ("meta", "answers", Becomes::Seen),
        ("zenvia-like", "answers", Becomes::PhoneOnly),
        ("zenvia-like", "history", Becomes::PhoneOnly),
        ("unknown", "contacts", Becomes::Unclear),
        ("zenvia-like", "groups", Becomes::PhoneOnly),
        ("unknown", "broadcast-lists", Becomes::Ends),
        ("meta", "linked-devices", Becomes::SetUpAnew),
    ] {
        assert_eq!(becomes(profile, feature), expected, "{feature} with {profile}");
    }
    for profile in PROFILES {
        let told: usize = changes(profile, Language::En).sections.iter().map(|section| section.lines.len()).sum();
        assert_eq!(told, FEATURES.len(), "each is told once, whatever the provider: {}", profile.name);
    }
}

// 3.5 Limits, activity, eligibility, disconnect

#[test]
fn s3_s2_s4_the_readiness_checklist_is_data_allows_unknown_and_blocks_nothing() {
    for item in CHECKLIST {
        assert!(!item.source.is_empty(), "{} names its source", item.name);
        for language in [Language::PtBr, Language::Es, Language::En] {
            assert!(!item.action.in_language(language).is_empty(), "{} says what to do", item.name);
        }
    }
    let life = Life::default();
    let subject = Subject { life: &life, signs: Signs::default(), registered_at: at(0), profile: meta() };
    let (lines, next) = checklist(&Known { subject, has_account: false, has_token: None, now: at(0) }, Language::PtBr);
    let unknown = lines.iter().filter(|line| line.answer == Answer::Unknown).map(|line| line.item);
    assert_eq!(
        unknown.collect::<Vec<_>>(),
        ["app-version", "country", "prior-use", "link", "token", "contacts", "history"]
    );
    assert!(next.is_some(), "it warns");
    assert_eq!(standing(&subject, at(0)), [], "and raises no alarm");
    let facts = fold(Facts::default(), &customer(0), 1);
    assert_eq!(life.sending_at(at(1)), Sending::Free, "and what is not done stops no message");
    assert_eq!(answer(&facts, 1), None);
}

#[test]
fn s4_ten_thousand_people_at_five_a_second_take_more_than_33_minutes_and_the_tier_says_how_many_days() {
    use ponte_policy::pacing::{PAIR_RATE, Pace, plan};
    let minutes = |throughput| plan(10_000, throughput, None).at_least.as_secs() / 60;
    assert!(minutes(5) >= 33 && minutes(5) < 40, "{}", minutes(5));
    assert!(minutes(80) < minutes(20) && minutes(20) < minutes(5));
    for (reach, days) in [(None, 40), (Some(2_000), 5), (Some(10_000), 1), (Some(100_000), 1)] {
        assert_eq!(plan(10_000, 5, reach).days, days, "{reach:?}");
    }
    assert_eq!(plan(0, 5, None).at_least, Duration::ZERO);
    // What is shown is what the line obeys.
    let (mut pace, mut now) = (Pace::new(5, PAIR_RATE), at(0));
    for nth in 0..1_000 {
        let contact = format!("con_{nth}").as_str().into();
        now = pace.ready_at(&contact, now);
        pace.take(&contact, now);
    }
    assert!(now.plus(Duration::from_millis(1_100)).since(at(0)) >= plan(1_000, 5, None).at_least, "{}", now);
}

// 3.6 Windows, templates, categories, cost

#[test]
fn s3_s2_free_form_leaves_within_24_hours_of_the_customers_last_message_or_call_and_echoes_change_nothing() {
    let opened = fold(Facts::default(), &customer(0), 1);
    // The phone wrote and let go again: twelve hours later the window is where the customer left it.
    let answered = fold(opened.clone(), &phone(HOUR), 2);
    let told = |facts: &Facts, secs| answer(facts, secs).map(|refusal| refusal.code());
    let edge = 24 * HOUR;
    for (name, facts) in [("nobody answered", &opened), ("the phone answered", &answered)] {
        assert_eq!(told(facts, edge - 61), None, "{name}, 23:58:59");
        assert_eq!(told(facts, edge - 1), Some("window-closed"), "{name}, 23:59:59: requests take time");
        assert_eq!(told(facts, edge), Some("window-closed"), "{name}");
        assert_eq!(facts.window_until, Some(at(edge)), "{name}");
    }
    let call = Call {
        id: "c".into(),
        event: "connect".into(),
        by_customer: Some(true),
        outcome: None,
        duration_secs: None,
        tag: None,
    };
    let called = fold(opened, &event(Origin::Customer, 20 * HOUR, Body::Call(call)), 3);
    assert_eq!(told(&called, 40 * HOUR), None, "a call of theirs opens it as well");
}

#[test]
fn s4_marketing_is_blocked_while_a_support_case_is_open_and_goes_on_afterwards() {
    let run = RunId::from("r");
    let asked = fold(Facts::default(), &customer(0), 1);
    let open = hand_off(asked.clone(), HandOffTarget::Team, &"triage".into(), at(60), &Release::default());
    let on_phone = fold(asked.clone(), &phone(60), 2);
    let routed = Facts { routed: Some(Owner::Team), ..asked.clone() };
    let agreed = [Statement {
        key: "k".into(),
        purpose: For::Any,
        change: Change::Given,
        source: Source::Operator,
        text: None,
        version: None,
        at: at(0),
    }];
    let addressee = Addressee { consent: consent::standing(&agreed), ..Addressee::default() };
    let rules = ConsentRules { quiet: Vec::new(), ..Default::default() };
    let refused = |facts: &Facts, category, secs| {
        let phone = PhoneTerms { category: Some(category), ..PhoneTerms::default() };
        let reach = Reach { addressee: &addressee, home: &[], rules: &rules };
        let situation = Situation { phone, reach, ..situation(facts, secs) };
        judge(&proposed(Purpose::Template, &run, Some(category)), &situation).err().map(|no| no.into_refusal())
    };
    for (name, case, owner) in [
        ("the team has it", &open, Owner::Team),
        ("the phone", &on_phone, Owner::App),
        ("a rule", &routed, Owner::Team),
    ] {
        let no = refused(case, Category::Marketing, HOUR);
        assert_eq!(no, Some(Refusal::OwnedByPerson { owner }), "{name}");
        assert_eq!(refused(case, Category::Utility, HOUR), None, "{name}: support itself goes on");
        assert_eq!(refused(case, Category::Authentication, HOUR), None, "{name}");
    }
    assert_eq!(refused(&asked, Category::Marketing, HOUR), None, "nobody's case");
    assert_eq!(refused(&open, Category::Marketing, 13 * HOUR), None, "the people let go");
}
