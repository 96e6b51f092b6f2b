//! The life of a number, as tables. Requirements 1.1 (lifecycle), 3.1 (profiles, onboarding), 3.3 (missing echoes, sync
//! deadline), 3.5 (activity, disconnection).

use std::time::Duration;

use ponte_model::{
    AccountUpdate, Body, Event, Lane, NumberId, NumberUpdate, Origin, Phone, Restriction, Timestamp, WabaId,
};
use ponte_policy::lifecycle::{
    AlertKind, Answer, BARS, Bars, CHECKLIST, Candidate, Cause, Command, Facet, Known, Life, Limits, Link, Mark,
    Outcome, PHONE_RULES, Raised, Sending, Signs, Source, State, Subject, UNLIMITED_REACH, account, checklist, due,
    limits, meant, number, operator, quiet_words, standing,
};
use ponte_policy::profile::{PROFILES, Profile};
use ponte_policy::words::Language;
use proptest::prelude::*;

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000).plus(Duration::from_secs(secs))
}

fn by(secs: u64) -> Cause {
    Cause { source: Source::Platform(format!("event at {secs}").into()), at: at(secs) }
}

fn update(event: &str, reason: Option<&str>) -> AccountUpdate {
    AccountUpdate {
        event: event.into(),
        display_phone: None,
        reason: reason.map(Into::into),
        initiated_by: None,
        restrictions: Vec::new(),
        json: serde_json::Value::Null,
    }
}

fn restriction(kind: &str, until: Option<u64>) -> AccountUpdate {
    let restrictions = vec![Restriction { kind: kind.into(), until: until.map(at) }];
    AccountUpdate { restrictions, ..update("ACCOUNT_RESTRICTION", None) }
}

fn quality(event: &str) -> NumberUpdate {
    NumberUpdate {
        what: "quality".into(),
        display_phone: None,
        event: Some(event.into()),
        daily_limit: None,
        unlimited: false,
        json: serde_json::Value::Null,
    }
}

fn after(updates: &[(u64, AccountUpdate)]) -> Life {
    let mut life = Life::default();
    for (secs, update) in updates {
        account(&mut life, update, by(*secs));
    }
    life
}

fn word(sending: &Sending) -> &'static str {
    match sending {
        Sending::Free => "free",
        Sending::NoTemplates { .. } => "no templates",
        Sending::Held { .. } => "held",
    }
}

#[test]
fn every_update_leads_from_every_state_to_the_state_it_says() {
    let offboarded = || update("ACCOUNT_OFFBOARDED", None);
    let removed = |reason: &str| update("PARTNER_REMOVED", Some(reason));
    let back = || update("ACCOUNT_RECONNECTED", None);
    let ban = |state: &str| update("DISABLED_UPDATE", Some(state));
    let only_answers = || restriction("RESTRICTED_BIZ_INITIATED_MESSAGING", None);
    let silent = || restriction("RESTRICTED_CUSTOMER_INITIATED_MESSAGING", None);
    let calls = || restriction("RESTRICTED_BUSINESS_INITIATED_CALLING", None);
    let table = [
        (vec![], State::Connected, "free"),
        (vec![offboarded()], State::Offboarded, "held"),
        (vec![offboarded(), back()], State::Connected, "free"),
        (vec![offboarded(), removed("USER_RE_REGISTERED")], State::PartnerRemoved, "held"),
        (vec![removed("PRIMARY_INACTIVITY")], State::PartnerRemoved, "held"),
        (vec![removed("PRIMARY_INACTIVITY"), back()], State::Connected, "free"),
        (vec![removed("CHANGE_NUMBER"), update("PARTNER_ADDED", None)], State::Onboarding, "free"),
        (vec![removed("CHANGE_NUMBER"), offboarded()], State::Offboarded, "held"),
        (vec![update("PARTNER_ADDED", None)], State::Onboarding, "free"),
        (vec![update("PARTNER_ADDED", None), offboarded()], State::Offboarded, "held"),
        (vec![ban("DISABLE")], State::Locked, "held"),
        (vec![ban("DISABLE"), ban("REINSTATE")], State::Connected, "free"),
        (vec![ban("DISABLE"), back()], State::Locked, "held"),
        (vec![offboarded(), ban("DISABLE"), ban("REINSTATE")], State::Offboarded, "held"),
        (vec![update("ACCOUNT_DELETED", None)], State::Locked, "held"),
        (vec![ban("SCHEDULE_FOR_DISABLE")], State::Flagged, "free"),
        (vec![update("ACCOUNT_VIOLATION", Some("SPAM"))], State::Flagged, "free"),
        (vec![update("ACCOUNT_RESTRICTION", Some("…_WARN"))], State::Flagged, "free"),
        (vec![only_answers()], State::Restricted, "no templates"),
        (vec![silent()], State::Restricted, "held"),
        (vec![calls()], State::Restricted, "free"),
        (vec![silent(), only_answers()], State::Restricted, "no templates"),
        (vec![offboarded(), only_answers()], State::Offboarded, "held"),
        (vec![update("AD_ACCOUNT_LINKED", None)], State::Connected, "free"),
        (vec![ban("SOMETHING_NEW")], State::Connected, "free"),
    ];
    for (updates, state, sending) in table {
        let updates: Vec<_> = (0..).zip(updates).collect();
        let life = after(&updates);
        assert_eq!(life.state_at(at(100)), state, "{updates:?}");
        assert_eq!(word(&life.sending_at(at(100))), sending, "{updates:?}");
        let last = life.transitions.last().map(|transition| transition.to);
        assert_eq!(last.unwrap_or(State::Connected), state, "{updates:?}");
        let free = matches!(state, State::Connected | State::Onboarding);
        assert_eq!(life.why_at(at(100)).is_none(), free, "{updates:?}");
        // What the store keeps is read back the same.
        let json = serde_json::to_value(&life).unwrap();
        assert_eq!(serde_json::from_value::<Life>(json).unwrap(), life);
    }
}

#[test]
fn an_older_update_that_arrives_late_undoes_nothing() {
    let mut life = after(&[(10, update("ACCOUNT_OFFBOARDED", None)), (20, update("ACCOUNT_RECONNECTED", None))]);
    assert_eq!(account(&mut life, &update("ACCOUNT_OFFBOARDED", None), by(15)), Outcome::Late);
    assert_eq!(life.state_at(at(30)), State::Connected);
    // The other way round: the return arrives first.
    let mut life = after(&[(20, update("ACCOUNT_RECONNECTED", None))]);
    assert_eq!(account(&mut life, &update("ACCOUNT_OFFBOARDED", None), by(15)), Outcome::Late);
    assert_eq!(life.state_at(at(30)), State::Connected);
    // Again the same: nothing new.
    assert_eq!(account(&mut life, &update("ACCOUNT_RECONNECTED", None), by(20)), Outcome::Unchanged);
    // What concerns another facet is not late.
    assert_eq!(account(&mut life, &update("DISABLED_UPDATE", Some("DISABLE")), by(5)), Outcome::Changed);
}

#[test]
fn a_restriction_with_an_end_ends_by_itself() {
    let life = after(&[(0, restriction("RESTRICTED_CUSTOMER_INITIATED_MESSAGING", Some(100)))]);
    let Sending::Held { until, why } = life.sending_at(at(99)) else { panic!("held until then") };
    assert_eq!(until, Some(at(100)));
    assert!(why.contains("RESTRICTED_CUSTOMER_INITIATED_MESSAGING until"), "{why}");
    assert_eq!(life.sending_at(at(100)), Sending::Free);
    assert_eq!(life.state_at(at(100)), State::Connected);
}

#[test]
fn every_restriction_that_the_platform_names_has_a_meaning() {
    let named: Vec<_> = BARS.iter().filter(|(_, bars)| *bars != Bars::Nothing).map(|(kind, _)| *kind).collect();
    assert_eq!(named, ["RESTRICTED_CUSTOMER_INITIATED_MESSAGING", "RESTRICTED_BIZ_INITIATED_MESSAGING"]);
    let unknown = after(&[(0, restriction("RESTRICTED_SOMETHING_NEW", None))]);
    assert_eq!((unknown.state_at(at(1)), unknown.sending_at(at(1))), (State::Restricted, Sending::Free));
}

#[test]
fn a_number_of_low_quality_is_flagged_and_may_send() {
    let mut life = Life::default();
    assert_eq!(number(&mut life, &quality("FLAGGED"), by(1)), Outcome::Changed);
    assert_eq!((life.state_at(at(2)), life.sending_at(at(2))), (State::Flagged, Sending::Free));
    assert_eq!(number(&mut life, &quality("UNFLAGGED"), by(2)), Outcome::Changed);
    assert_eq!(number(&mut life, &quality("THROUGHPUT_UPGRADE"), by(3)), Outcome::Irrelevant);
    assert_eq!(life.state_at(at(3)), State::Connected);
}

#[test]
fn what_the_operator_paused_the_platform_does_not_resume() {
    let operator_at = |secs| Cause { source: Source::Operator, at: at(secs) };
    let mut life = Life::default();
    let pause = Command::Pause { why: "inventory".into() };
    assert_eq!(operator(&mut life, &pause, operator_at(1)), Outcome::Changed);
    account(&mut life, &update("ACCOUNT_OFFBOARDED", None), by(2));
    account(&mut life, &update("ACCOUNT_RECONNECTED", None), by(3));
    assert_eq!((life.state_at(at(4)), word(&life.sending_at(at(4)))), (State::Paused, "held"));
    assert_eq!(operator(&mut life, &Command::Resume, operator_at(5)), Outcome::Changed);
    assert_eq!(life.sending_at(at(6)), Sending::Free);
    assert_eq!(operator(&mut life, &Command::Resume, operator_at(7)), Outcome::Unchanged);
    assert_eq!(life.stops_routing(), None);
    operator(&mut life, &Command::AppOnly(true), operator_at(8));
    assert_eq!(life.stops_routing(), Some("app-only"));
    let sources: Vec<_> = life.transitions.iter().map(|step| (step.what.as_str(), step.from, step.to)).collect();
    assert_eq!(
        sources,
        [
            ("pause", State::Connected, State::Paused),
            ("ACCOUNT_OFFBOARDED", State::Paused, State::Paused),
            ("ACCOUNT_RECONNECTED", State::Paused, State::Paused),
            ("resume", State::Paused, State::Connected),
            ("app-only on", State::Connected, State::Connected),
        ]
    );
}

proptest! {
    #[test]
    fn the_order_of_arrival_does_not_matter(order in Just((0..6usize).collect::<Vec<_>>()).prop_shuffle()) {
        let updates = [
            update("PARTNER_ADDED", None),
            update("ACCOUNT_OFFBOARDED", None),
            update("DISABLED_UPDATE", Some("DISABLE")),
            update("ACCOUNT_RECONNECTED", None),
            restriction("RESTRICTED_BIZ_INITIATED_MESSAGING", None),
            update("DISABLED_UPDATE", Some("REINSTATE")),
        ];
        let shuffled: Vec<_> = order.into_iter().map(|nth| (nth as u64, updates[nth].clone())).collect();
        let life = after(&shuffled);
        prop_assert_eq!(life.state_at(at(10)), State::Restricted);
        prop_assert_eq!(&life.link, &Facet { now: Link::Up, since: at(3) });
        prop_assert_eq!(&life.lock, &Facet { now: None::<Mark>, since: at(5) });
        prop_assert_eq!(life.onboarded_at, Some(at(0)));
    }
}

#[test]
fn an_update_means_the_numbers_it_names_or_all_that_it_may_mean() {
    let ids: Vec<NumberId> = ["phone-1", "phone-2", "api", "other"].into_iter().map(Into::into).collect();
    let (ours, theirs) = (WabaId::from("waba"), WabaId::from("another"));
    let phones: Vec<Phone> = ["551101", "551102", "551103", "551104"].into_iter().map(Into::into).collect();
    let (up, down) = (Life::default(), after(&[(0, update("ACCOUNT_OFFBOARDED", None))]));
    let removed = after(&[(0, update("PARTNER_REMOVED", None))]);
    let names = |lives: [&Life; 2], update: &AccountUpdate, named: Option<&str>| {
        let candidate = |nth: usize, waba, life| Candidate {
            id: &ids[nth],
            waba: Some(waba),
            phone: Some(&phones[nth]),
            on_phone: nth != 2,
            life,
        };
        let all = [
            candidate(0, &ours, lives[0]),
            candidate(1, &ours, lives[1]),
            candidate(2, &ours, &up),
            candidate(3, &theirs, &up),
        ];
        let event = Event {
            key: "k".into(),
            origin: Origin::System,
            lane: Lane::Lifecycle,
            waba_id: Some(ours.clone()),
            number_id: named.map(Into::into),
            contact: None,
            message_id: None,
            at: at(0),
            body: Body::Account(update.clone()),
        };
        meant(update, &event, &all).into_iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>().join(" ")
    };
    let named = |event: &str, phone: &str| AccountUpdate { display_phone: Some(phone.into()), ..update(event, None) };
    let back = update("ACCOUNT_RECONNECTED", None);
    assert_eq!(names([&up, &up], &update("ACCOUNT_OFFBOARDED", None), None), "phone-1 phone-2");
    assert_eq!(names([&up, &up], &named("PARTNER_REMOVED", "551102"), None), "phone-2");
    assert_eq!(names([&up, &up], &named("PARTNER_REMOVED", "551103"), None), "api");
    assert_eq!(names([&up, &up], &update("DISABLED_UPDATE", Some("DISABLE")), None), "phone-1 phone-2 api");
    assert_eq!(names([&removed, &down], &back, None), "phone-2", "the one that is offboarded returns");
    assert_eq!(names([&removed, &up], &back, None), "phone-1 phone-2");
    assert_eq!(names([&up, &up], &update("ALERT", None), Some("phone-1")), "phone-1");
}

fn subject<'a>(life: &'a Life, signs: Signs, profile: &str) -> Subject<'a> {
    Subject { life, signs, registered_at: at(0), profile: Profile::named(profile).unwrap() }
}

fn kinds(subject: &Subject<'_>, secs: u64) -> Vec<AlertKind> {
    standing(subject, at(secs)).into_iter().map(|alert| alert.kind).collect()
}

#[test]
fn a_quiet_phone_is_told_on_days_10_12_and_13_once_a_spell_and_an_echo_resets() {
    let mut life = Life::default();
    let mut told = Vec::new();
    let mut day = |signs: Signs, day: u64| {
        let (new, record): (_, Vec<Raised>) = due(&subject(&life, signs, "meta"), at(day * DAY));
        told.extend(new.iter().map(|alert| (day, alert.kind)));
        life.raised = record;
    };
    let heard = |secs| Signs { phone: at(secs), echo: at(secs), ..Signs::default() };
    for today in 0..=16 {
        day(heard(0), today);
    }
    for today in 17..=40 {
        // Heard on day 17, then nothing; Ponte was down until day 29.
        if today == 17 || today > 29 {
            day(heard(17 * DAY), today);
        }
    }
    let days = |days| AlertKind::PhoneQuiet { days };
    assert_eq!(told, [(10, days(10)), (12, days(12)), (13, days(13)), (30, days(13))]);
}

#[test]
fn the_words_about_a_quiet_phone_claim_no_more_than_is_known() {
    let life = Life::default();
    let heard = Signs { phone: at(DAY), ..Signs::default() };
    let words = |signs, day: u64, profile| quiet_words(&subject(&life, signs, profile), at(day * DAY), Language::En);
    assert_eq!(words(heard, 4, "meta"), "last sign of the phone 3 days ago");
    assert_eq!(
        words(heard, 12, "meta"),
        "last sign of the phone 11 days ago; Meta may disconnect a number whose phone is not opened for about 14 \
         days; open the app"
    );
    assert!(words(Signs::default(), 2, "meta").starts_with("no sign of the phone since it was registered 2 days ago"));
    assert!(words(heard, 12, "zenvia-like").starts_with("this provider passes on no signs"));
    for language in [Language::PtBr, Language::Es] {
        let text = quiet_words(&subject(&life, heard, "meta"), at(12 * DAY), language);
        assert!(text.contains("11") && text.contains("14") && !text.contains('{'), "{text}");
    }
}

#[test]
fn no_echoes_while_customers_write_for_48_hours_is_worth_a_hint() {
    let life = Life::default();
    let table = [
        ("nobody writes", 0, 0, 60, false),
        ("for a day", 1, 25, 25, false),
        ("for two days", 1, 49, 49, true),
        ("long ago", 1, 49, 49 + 48, false),
    ];
    for (name, asked, customer, now, hint) in table {
        let moment = |hour: u64| if hour == 0 { Timestamp::EPOCH } else { at(hour * HOUR) };
        let signs = Signs { phone: at(HOUR), asked: moment(asked), customer: moment(customer), ..Signs::default() };
        assert_eq!(kinds(&subject(&life, signs, "meta"), now * HOUR).contains(&AlertKind::NoEchoes), hint, "{name}");
        assert!(kinds(&subject(&life, signs, "zenvia-like"), now * HOUR).is_empty(), "{name}: none are expected");
    }
}

#[test]
fn the_import_is_missed_from_20_to_24_hours_after_the_onboarding() {
    let life = after(&[(0, update("PARTNER_ADDED", None))]);
    let came = |contacts: u64, history: u64| {
        let moment = |secs: u64| if secs == 0 { Timestamp::EPOCH } else { at(secs) };
        Signs { contacts: moment(contacts), history: moment(history), ..Signs::default() }
    };
    let missed =
        |signs, hour: u64| kinds(&subject(&life, signs, "meta"), hour * HOUR).contains(&AlertKind::SyncMissing);
    for (signs, hour, expected) in [
        (came(0, 0), 19, false),
        (came(0, 0), 20, true),
        (came(0, 0), 23, true),
        (came(0, 0), 24, false),
        (came(60, 0), 20, true),
        (came(60, 60), 20, false),
    ] {
        assert_eq!(missed(signs, hour), expected, "{signs:?} at +{hour} h");
    }
}

#[test]
fn a_number_that_is_disconnected_is_not_told_to_be_quiet() {
    let life = after(&[(0, update("PARTNER_REMOVED", Some("PRIMARY_INACTIVITY")))]);
    assert!(kinds(&subject(&life, Signs::default(), "meta"), 14 * DAY).is_empty());
}

#[test]
fn profiles_say_who_is_echo_blind_and_an_unknown_name_is_the_most_careful() {
    let blind: Vec<_> = PROFILES.iter().filter(|one| one.is_echo_blind()).map(|one| one.name).collect();
    assert_eq!(blind, ["zenvia-like", "unknown"]);
    assert_eq!(Profile::named("nonsense"), None);
    assert!(Profile::or_careful("nonsense").is_echo_blind());
}

#[test]
fn the_checklist_says_what_to_do_next_and_does_not_pretend_to_know() {
    let answers = |life: &Life, signs: Signs, hour: u64| {
        let known = Known {
            subject: subject(life, signs, "meta"),
            has_account: true,
            has_token: Some(true),
            now: at(hour * HOUR),
        };
        checklist(&known, Language::En)
    };
    let answer = |lines: &[ponte_policy::lifecycle::Line], item: &str| {
        lines.iter().find(|line| line.item == item).map(|line| line.answer)
    };
    // Nothing was heard: what only the phone can tell is unknown.
    let (lines, next) = answers(&Life::default(), Signs::default(), 0);
    assert_eq!(answer(&lines, "app-version"), Some(Answer::Unknown));
    assert_eq!(answer(&lines, "history"), Some(Answer::Unknown));
    assert!(next.unwrap().starts_with("write a message in the app"), "{next:?}");
    // Linked: now the import, in time.
    let linked = after(&[(0, update("PARTNER_ADDED", None))]);
    let (lines, next) = answers(&linked, Signs::default(), 1);
    assert_eq!(answer(&lines, "link"), Some(Answer::Done));
    assert!(next.unwrap().starts_with("request the contacts"), "{next:?}");
    let (lines, _) = answers(&linked, Signs::default(), 25);
    assert_eq!(answer(&lines, "contacts"), Some(Answer::Past), "too late: nothing can be done");
    // Everything came.
    let all = Signs { phone: at(60), echo: at(60), contacts: at(60), history: at(60), ..Signs::default() };
    let (lines, next) = answers(&linked, all, 2);
    assert_eq!(lines.len(), CHECKLIST.len());
    assert_eq!(next, None, "{lines:?}");
    // The link broke.
    let removed = after(&[(0, update("PARTNER_ADDED", None)), (9, update("PARTNER_REMOVED", None))]);
    assert!(answers(&removed, all, 2).1.unwrap().starts_with("link the number"));
}

#[test]
fn rules_and_alerts_agree() {
    assert!(PHONE_RULES.alert_days.is_sorted());
    assert!(PHONE_RULES.alert_days.iter().all(|day| *day < PHONE_RULES.disconnect_days));
    assert!(PHONE_RULES.sync_alarm < PHONE_RULES.sync_deadline);
}

#[test]
fn the_platforms_word_on_limits_is_read_and_a_number_on_the_phone_keeps_its_throughput() {
    let said = |event: &str, daily_limit, unlimited| NumberUpdate { daily_limit, unlimited, ..quality(event) };
    let reach = |people| Limits { daily_reach: Some(people), throughput: None };
    for (update, on_phone, expected) in [
        (said("ONBOARDING", Some(2_000), false), true, reach(2_000)),
        (said("ONBOARDING", None, true), true, reach(UNLIMITED_REACH)),
        (said("ONBOARDING", None, false), true, Limits::default()),
        (said("ONBOARDING", Some(0), false), true, Limits::default()),
        (said("THROUGHPUT_UPGRADE", None, false), true, Limits::default()),
        (said("THROUGHPUT_UPGRADE", None, false), false, Limits { daily_reach: None, throughput: Some(1_000) }),
    ] {
        assert_eq!(limits(&update, on_phone), expected, "{update:?}");
    }
}
