//! What stops a flow: its templates, its budget, the operator. Requirements 3.6 (templates, budgets).

use std::time::Duration;

use ponte_model::template::{Category, Component, Definition, ParameterFormat, Quality, Registered, Status, Text};
use ponte_model::{Budget, Currency, Money, NumberId, Scope, Timestamp, WabaId};
use ponte_policy::flows::{Accepted, Account, Answer, FlowLife, News, Question, Reason, Short, State, Trouble, judge};
use ponte_policy::money::{Warning, Zone, day_end};
use ponte_policy::notices::{Notice, limit_key};
use ponte_policy::words::Language;
use proptest::prelude::*;

fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000).plus(Duration::from_secs(secs))
}

fn need(language: &str) -> Definition {
    Definition {
        name: "order".into(),
        language: language.into(),
        category: Category::Utility,
        format: ParameterFormat::Positional,
        components: vec![Component::Body(Text { text: Some(format!("{language} {{{{1}}}} x")), examples: 1 })],
        ttl_secs: None,
    }
}

fn has(language: &str, status: &str, category: Category) -> Registered {
    Registered {
        waba: "1".into(),
        id: "2".into(),
        definition: Definition { category, ..need(language) },
        status: status.into(),
        quality: Quality::Green,
        previous_category: None,
        correct_category: None,
        reason: None,
    }
}

fn ask(language: Option<&str>, known: &[Registered], accepted: &[Accepted]) -> Answer {
    let needs = [need("pt_BR"), need("es")];
    let waba = WabaId::from("1");
    let accounts = [Account { waba: &waba, templates: Some(known.iter().collect()) }];
    let refused = |_: &WabaId, _: &str, _: &str| None;
    judge(&Question { needs: &needs, language, accounts: &accounts, homeless: &[], refused: &refused, accepted })
}

/// The troubles by language, and whether they stop the flow.
fn told(answer: &Answer) -> String {
    let short = answer.short.iter().map(|short| format!("{} {}", short.language, short.trouble.as_str()));
    let short = short.collect::<Vec<_>>().join(", ");
    format!("{}{short}", if answer.reasons.is_empty() { "runs: " } else { "stops: " })
}

#[test]
fn requirement_3_6_one_language_is_enough_unless_the_settings_name_one() {
    let ok = |language| has(language, "APPROVED", Category::Utility);
    let is = |language, status| has(language, status, Category::Utility);
    let dear = |language| has(language, "APPROVED", Category::Marketing);
    let other = || {
        let mut other = ok("pt_BR");
        other.definition.components.pop();
        other
    };
    let table: Vec<(Option<&str>, Vec<Registered>, &str)> = vec![
        (None, vec![ok("pt_BR"), ok("es")], "runs: "),
        (None, vec![], "stops: es missing, pt_BR missing"),
        (None, vec![ok("es")], "runs: pt_BR missing"),
        (Some("es"), vec![ok("es")], "runs: pt_BR missing"),
        (Some("pt-BR"), vec![ok("es")], "stops: pt_BR missing"),
        (Some("pt"), vec![ok("es"), is("pt_BR", "PENDING")], "stops: pt_BR pending"),
        // A language that the package does not bring is nobody's wish.
        (Some("de"), vec![ok("es")], "runs: pt_BR missing"),
        (None, vec![is("pt_BR", "PENDING"), is("es", "REJECTED")], "stops: es rejected, pt_BR pending"),
        (None, vec![is("pt_BR", "PAUSED"), ok("es")], "runs: pt_BR paused"),
        (None, vec![is("pt_BR", "PAUSED"), is("es", "DISABLED")], "stops: es disabled, pt_BR paused"),
        (None, vec![is("pt_BR", "ARCHIVED"), is("es", "IN_APPEAL")], "stops: es stopped, pt_BR stopped"),
        (None, vec![dear("pt_BR"), dear("es")], "stops: es recategorized, pt_BR recategorized"),
        (None, vec![other(), is("es", "PAUSED")], "stops: es paused, pt_BR differs"),
    ];
    for (language, known, expected) in table {
        let answer = ask(language, &known, &[]);
        let mut said: Vec<_> = told(&answer).split(": ").map(str::to_owned).collect();
        if let Some(list) = said.get_mut(1) {
            let mut all: Vec<_> = list.split(", ").collect();
            all.sort_unstable();
            *list = all.join(", ");
        }
        assert_eq!(said.join(": "), expected, "{language:?} {known:#?}");
        let missing = answer.short.iter().filter(|short| short.trouble == Trouble::Missing).count();
        assert_eq!(answer.absent.len(), missing, "what is missing is to be submitted, and nothing else");
    }
}

#[test]
fn a_category_stops_where_it_costs_more_or_reaches_others_and_nobody_agreed() {
    use Category::{Authentication, Marketing, Utility};
    let table = [
        (Utility, Utility, false),
        (Utility, Marketing, true),
        (Marketing, Utility, false),
        (Marketing, Authentication, true),
        (Utility, Authentication, true),
        (Authentication, Marketing, true),
    ];
    for (from, to, stops) in table {
        let needs = [Definition { category: from.clone(), ..need("es") }];
        let known = has("es", "APPROVED", to.clone());
        let waba = WabaId::from("1");
        let ask = |accepted: &[Accepted]| {
            let accounts = [Account { waba: &waba, templates: Some(vec![&known]) }];
            let refused = |_: &WabaId, _: &str, _: &str| None;
            let (language, homeless) = (None, &[][..]);
            judge(&Question { needs: &needs, language, accounts: &accounts, homeless, refused: &refused, accepted })
        };
        assert_eq!(!ask(&[]).reasons.is_empty(), stops, "{from} {to}");
        let agreed = [Accepted { name: "order".into(), category: to.clone() }];
        assert!(ask(&agreed).reasons.is_empty(), "{from} {to}");
    }
}

#[test]
fn what_is_not_known_of_an_account_stops_a_flow_that_brings_templates_and_no_other() {
    let waba = WabaId::from("1");
    let number = NumberId::from("7");
    let refused = |_: &WabaId, _: &str, _: &str| Some("the name is taken".to_owned());
    let ask = |needs: &[Definition], accounts: &[Account<'_>], homeless: &[NumberId]| {
        judge(&Question { needs, language: None, accounts, homeless, refused: &refused, accepted: &[] })
    };
    let needs = [need("es")];
    let listed = || [Account { waba: &waba, templates: Some(vec![]) }];
    assert_eq!(ask(&[], &[], &[]), Answer::default());
    assert_eq!(ask(&needs, &[], &[]).reasons, [Reason::NoNumber]);
    assert_eq!(ask(&needs, &[], std::slice::from_ref(&number)).reasons, [Reason::NoAccount { number: number.clone() }]);
    let unlisted = [Account { waba: &waba, templates: None }];
    assert_eq!(ask(&needs, &unlisted, &[]).reasons, [Reason::NotListed { waba: waba.clone() }]);
    // A number without account stops it beside one whose account is good.
    assert_eq!(ask(&needs, &listed(), &[number]).reasons.len(), 2);
    let answer = ask(&needs, &listed(), &[]);
    assert!(matches!(&answer.short[0].trouble, Trouble::Refused { why } if why.contains("taken")), "{answer:?}");
    assert!(answer.absent.is_empty(), "it would be refused again");
}

fn pending() -> Reason {
    let troubles = [("es".to_owned(), Trouble::Pending)].into();
    Reason::Template { waba: "1".into(), name: "order".into(), troubles }
}

#[test]
fn a_flow_waits_until_it_first_runs_and_is_paused_after() {
    let mut life = FlowLife::default();
    assert_eq!((life.found(vec![pending()], at(1)), life.state()), (Some(News::Waits), State::Waiting));
    assert_eq!(life.found(vec![pending()], at(2)), None);
    assert_eq!(life.stops[0].since, at(1), "the same reason keeps its time");
    assert_eq!((life.found(vec![], at(3)), life.state()), (Some(News::Live), State::Active));
    assert_eq!((life.found(vec![pending()], at(4)), life.state()), (Some(News::Paused), State::Paused));
    assert_eq!((life.found(vec![], at(5)), life.live_at), (Some(News::Resumed), Some(at(3))));
}

#[test]
fn what_a_person_paused_the_host_does_not_resume_and_the_other_way_round() {
    let mut life = FlowLife::default();
    life.found(vec![], at(0));
    assert!(life.pause("férias", at(1)) && !life.pause("again", at(2)));
    assert_eq!(life.found(vec![pending()], at(3)), None, "stopped it was");
    assert_eq!(life.found(vec![], at(4)), None);
    assert_eq!((life.state(), life.stops.len()), (State::Paused, 1));
    life.found(vec![pending()], at(5));
    assert!(life.resume() && !life.resume());
    assert_eq!(life.state(), State::Paused, "the template is not good yet");
    assert_eq!(life.found(vec![], at(6)), Some(News::Resumed));
}

#[test]
fn a_budget_stops_until_its_day_ends_or_the_limit_is_another() {
    let brl = Currency::parse("BRL").unwrap();
    let limit = Money { micros: 100, currency: brl };
    let budget = |hard| Budget { currency: brl, soft: None, hard };
    let mut life = FlowLife::default();
    life.found(vec![], at(0));
    let reason = Reason::Budget { limit, until: at(100) };
    life.found(vec![reason.clone()], at(1));
    assert_eq!(life.until(), Some(at(100)));
    assert_eq!(life.budget_stop(Some(&budget(Some(100))), at(99)), Some(reason));
    for (budget, now) in
        [(Some(budget(Some(100))), 100), (Some(budget(Some(101))), 2), (Some(budget(None)), 2), (None, 2)]
    {
        assert_eq!(life.budget_stop(budget.as_ref(), at(now)), None, "{budget:?} {now}");
    }
    life.pause("x", at(3));
    assert_eq!(life.until(), None, "nobody knows when a person comes back");
}

#[test]
fn a_day_of_an_account_ends_at_its_midnight_and_where_there_is_none_after_the_gap() {
    let moment = |text: &str| -> Timestamp { serde_json::from_value(text.into()).unwrap() };
    let table = [
        ("UTC", "2026-11-23T22:10:00Z", "2026-11-24T00:00:00Z"),
        ("America/Sao_Paulo", "2026-11-24T01:10:00Z", "2026-11-24T03:00:00Z"),
        ("America/Sao_Paulo", "2026-11-24T03:00:00Z", "2026-11-25T03:00:00Z"),
        // On 4 November 2018 the clocks of São Paulo went from 23:59 to 1:00.
        ("America/Sao_Paulo", "2018-11-03T15:00:00Z", "2018-11-04T03:00:00Z"),
    ];
    for (zone, now, end) in table {
        assert_eq!(day_end(Zone::parse(zone).unwrap(), moment(now)), moment(end), "{zone} {now}");
    }
}

/// Everything that can be said, in every language, with every place filled in.
#[test]
fn notices_say_what_is_so_and_what_to_do_in_three_languages() {
    let troubles = [
        Trouble::Pending,
        Trouble::Missing,
        Trouble::Paused,
        Trouble::Recategorized { from: Category::Utility, to: Category::Marketing },
        Trouble::Differs,
        Trouble::Refused { why: "no".into() },
        Trouble::Rejected { why: Some("PROMOTIONAL".into()) },
        Trouble::Disabled,
        Trouble::Stopped { status: Status::Archived },
    ];
    let limit = Money { micros: 5_000_000, currency: Currency::parse("BRL").unwrap() };
    let flow = "pedidos".into();
    let template = |trouble: &Trouble| Reason::Template {
        waba: "1".into(),
        name: "order".into(),
        troubles: [("es".to_owned(), trouble.clone())].into(),
    };
    let mut reasons: Vec<_> = troubles.iter().map(template).collect();
    reasons.extend([
        Reason::Operator { why: "férias".into() },
        Reason::NoNumber,
        Reason::NoAccount { number: "7".into() },
        Reason::NotListed { waba: "1".into() },
        Reason::Budget { limit, until: at(9) },
    ]);
    let mut notices = vec![Notice::runs(&flow, true, at(0)), Notice::runs(&flow, false, at(0))];
    for reason in reasons {
        let mut life = FlowLife::default();
        match &reason {
            Reason::Operator { why } => assert!(life.pause(why, at(0))),
            _ => assert!(life.found(vec![reason.clone()], at(0)).is_some()),
        }
        let stop = &life.stops[0];
        assert_eq!(stop.reason, reason);
        notices.extend([true, false].map(|waiting| Notice::stopped(&flow, stop, waiting)));
    }
    for trouble in troubles {
        let short = Short { waba: "1".into(), name: "order".into(), language: "es".into(), trouble };
        notices.push(Notice::verdict(&short, &flow));
    }
    for scope in [Scope::Tenant("loja".into()), Scope::Number("7".into()), Scope::Flow("pedidos".into())] {
        let warning = Warning { scope: scope.clone(), limit, used: limit };
        notices.extend([Notice::soft(&warning, at(9)), Notice::hard(&scope, limit, at(9))]);
        assert!(Notice::hard(&scope, limit, at(9)).key.starts_with(&limit_key("hard", &scope, limit)));
    }
    let keys: std::collections::BTreeSet<_> = notices.iter().map(|notice| notice.key.as_str()).collect();
    assert_eq!(keys.len(), notices.len(), "each is another notice");
    for notice in &notices {
        let texts = [Language::PtBr, Language::Es, Language::En].map(|language| notice.what.in_language(language));
        assert!(texts[0] != texts[1] && texts[1] != texts[2] && texts[0] != texts[2], "{notice:#?}");
        for text in texts.into_iter().chain([&*notice.todo.pt_br, &*notice.todo.es, &*notice.todo.en]) {
            assert!(!text.contains(['{', '}']), "{notice:#?}");
        }
        let runs = notice.kind == "flow-live" || notice.kind == "flow-resumed";
        assert_eq!(notice.todo.pt_br.is_empty(), runs, "{notice:#?}");
    }
}

proptest! {
    /// Whatever happens, a flow runs exactly when nothing stops it, and news come exactly when that changes.
    #[test]
    fn news_come_when_the_state_changes_and_only_then(
        steps in prop::collection::vec((0_u8..4, 0_u64..3), 1..40),
    ) {
        let mut life = FlowLife::default();
        life.found(vec![], at(0));
        for (time, (what, _)) in steps.into_iter().enumerate() {
            let now = at(time as u64 + 1);
            let before = life.state();
            match what {
                0 => { life.pause("x", now); }
                1 => { life.resume(); }
                2 => { life.found(vec![pending()], now); }
                _ => {
                    let news = life.found(vec![], now);
                    prop_assert_eq!(news.is_some(), life.state() != before);
                }
            }
            prop_assert_eq!(life.state() == State::Active, life.stops.is_empty());
            let stored = serde_json::to_value(&life).unwrap();
            prop_assert_eq!(&serde_json::from_value::<FlowLife>(stored).unwrap(), &life);
        }
    }
}
