//! Who speaks: taken and given back. Tables and properties.

use std::time::Duration;

use ponte_model::{
    AutomaticKind, Body, ContactId, Content, Control, ControlOrder, EchoMeaning, Event, HandOffTarget, Handover, Lane,
    Message, MessageId, Origin, Owner, Timestamp,
};
use ponte_policy::consent::Reach;
use ponte_policy::hours::{Daily, Hours};
use ponte_policy::lifecycle::Sending;
use ponte_policy::{
    Collision, Echo, Facts, Heard, Learned, PhoneTerms, PhoneWords, Proposal, Purpose, Release, ReleasedBy, Sender,
    Sighting, Situation, collision, fold, hand_off, hold, judge, merge, parse_release_after, release,
};
use proptest::prelude::*;

const HOUR: u64 = 3600;

fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000).plus(Duration::from_secs(secs))
}

fn moment(text: &str) -> Timestamp {
    serde_json::from_value(text.into()).unwrap()
}

fn event(origin: Origin, secs: u64, body: Body) -> Event {
    Event {
        key: "k".into(),
        origin,
        lane: Lane::Message,
        waba_id: None,
        number_id: Some("1".into()),
        contact: None,
        message_id: Some(format!("wamid.{secs}").into()),
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

fn meaning(secs: u64, meaning: EchoMeaning) -> Event {
    event(Origin::App, secs, Body::Echo(Message { echo: Some(Box::new(meaning)), ..text() }))
}

fn keyword(secs: u64) -> Event {
    meaning(secs, EchoMeaning::Release { keyword: "#bot".into() })
}

fn automatic(secs: u64, kind: AutomaticKind) -> Event {
    meaning(secs, EchoMeaning::Automatic { kind, why: "why".into() })
}

fn ordered(secs: u64, order: ControlOrder) -> Event {
    event(Origin::System, secs, Body::Control(Control { order, by: "ana".into() }))
}

fn folded(events: &[Event]) -> Facts {
    let numbered = events.iter().zip(1..);
    numbered.fold(Facts::default(), |facts, (event, seq)| fold(facts, event, seq))
}

fn owner(facts: &Facts, secs: u64) -> Owner {
    facts.ownership_at(Echo::default(), at(secs), &Release::default()).owner
}

fn sao_paulo(time: &str) -> Release<'static> {
    let daily = Some(Daily::parse("America/Sao_Paulo", time).unwrap());
    Release { daily, ..Release::default() }
}

#[test]
fn people_let_go_by_whatever_comes_first() {
    let hours = Hours::parse("America/Sao_Paulo", &["mon-fri 09:00-18:00".into()], &["2026-11-25".into()]).unwrap();
    let (default, silence) = (Release::default(), ReleasedBy::Silence);
    let two_hours = Release { after: Duration::from_secs(2 * HOUR), ..default };
    let week = Release { after: Duration::from_secs(7 * 24 * HOUR), ..default };
    let closing = Release { closing: Some(&hours), ..week };
    let daily = |time| Release { after: week.after, ..sao_paulo(time) };
    // 2026-11-23 is a Monday; São Paulo is three hours behind.
    for (name, release, since, free, by) in [
        ("the default", default, "2026-11-23T15:00:00Z", "2026-11-24T03:00:00Z", silence),
        ("a time of its own", two_hours, "2026-11-23T15:00:00Z", "2026-11-23T17:00:00Z", silence),
        ("at 19:00", daily("19:00"), "2026-11-23T15:00:00Z", "2026-11-23T22:00:00Z", ReleasedBy::Daily),
        (
            "at 19:00 sharp: not before the next",
            daily("19:00"),
            "2026-11-23T22:00:00Z",
            "2026-11-24T22:00:00Z",
            ReleasedBy::Daily,
        ),
        ("the end of the day", daily("24:00"), "2026-11-24T01:30:00Z", "2026-11-24T03:00:00Z", ReleasedBy::Daily),
        ("its beginning", daily("00:00"), "2026-11-24T01:30:00Z", "2026-11-24T03:00:00Z", ReleasedBy::Daily),
        ("silence before the time", sao_paulo("08:00"), "2026-11-23T15:00:00Z", "2026-11-24T03:00:00Z", silence),
        ("closing time", closing, "2026-11-23T15:00:00Z", "2026-11-23T21:00:00Z", ReleasedBy::Closing),
        (
            "taken after hours: the next closing",
            closing,
            "2026-11-23T23:00:00Z",
            "2026-11-24T21:00:00Z",
            ReleasedBy::Closing,
        ),
        ("over a holiday", closing, "2026-11-24T22:00:00Z", "2026-11-26T21:00:00Z", ReleasedBy::Closing),
    ] {
        assert_eq!(release.free_at(moment(since)), (moment(free), by), "{name}");
    }
    let always = Hours::parse("UTC", &["always".into()], &[]).unwrap();
    let never_closes = Release { closing: Some(&always), ..default };
    assert_eq!(never_closes.free_at(at(0)), (at(12 * HOUR), silence));
}

#[test]
fn a_time_of_day_comes_once_a_day_whatever_the_clocks_do() {
    let daily = |time| Daily::parse("Europe/Madrid", time).unwrap();
    for (name, time, after, next) in [
        // 2026-03-29 02:00 becomes 03:00, 2026-10-25 03:00 becomes 02:00.
        ("skipped: at the end of the gap", "02:30", "2026-03-28T22:00:00Z", "2026-03-29T01:00:00Z"),
        ("the day after", "02:30", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"),
        ("twice: the first", "02:30", "2026-10-24T22:30:00Z", "2026-10-25T00:30:00Z"),
        ("not the second", "02:30", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
        ("summer", "20:00", "2026-10-24T12:00:00Z", "2026-10-24T18:00:00Z"),
        ("winter", "20:00", "2026-10-25T12:00:00Z", "2026-10-25T19:00:00Z"),
    ] {
        assert_eq!(daily(time).next_after(moment(after)), moment(next), "{name}");
    }
    for wrong in ["", "19", "7h", "24:01", "12:60", "-1:00", "1:2:3", "+1:00"] {
        assert!(Daily::parse("UTC", wrong).unwrap_err().contains("18:30"), "{wrong:?}");
    }
    assert!(Daily::parse("Sao Paulo", "19:00").unwrap_err().contains("America/Sao_Paulo"));
}

#[test]
fn how_long_is_written_in_minutes_hours_and_days() {
    for (text, secs) in [("90m", 5400), ("12h", 43_200), (" 2 d ", 172_800), ("30d", 2_592_000), ("1m", 60)] {
        assert_eq!(parse_release_after(text), Ok(Duration::from_secs(secs)), "{text:?}");
    }
    for wrong in ["", "12", "h", "0m", "31d", "1.5h", "-2h", "99999999999999999999h", "12 hours", "é"] {
        assert!(parse_release_after(wrong).unwrap_err().contains("12h"), "{wrong:?}");
    }
}

proptest! {
    #[test]
    fn people_always_let_go_and_never_before_they_took_it(
        since in 0u64..400 * 24 * HOUR, after in 60u64..30 * 24 * HOUR, minute in 0u16..1440, zone in 0usize..4,
    ) {
        let zone = ["America/Sao_Paulo", "Europe/Madrid", "Pacific/Apia", "America/St_Johns"][zone];
        let daily = Daily::parse(zone, &format!("{:02}:{:02}", minute / 60, minute % 60)).unwrap();
        let hours = Hours::parse(zone, &["mon-sat 08:00-20:00".into()], &[]).unwrap();
        let after = Duration::from_secs(after);
        let all = Release { after, daily: Some(daily), closing: Some(&hours) };
        let (free, _) = all.free_at(at(since));
        prop_assert!(free > at(since) && free <= at(since).plus(after));
        prop_assert!(daily.next_after(at(since)) <= at(since).plus(Duration::from_secs(26 * HOUR)));
        for fewer in [Release { daily: None, ..all }, Release { closing: None, ..all }] {
            prop_assert!(fewer.free_at(at(since)).0 >= free, "another way out never comes later");
        }
    }

    /// Requirements 2, row 2.
    #[test]
    fn nothing_a_customer_does_gives_a_chat_back(steps in prop::collection::vec((1u64..2 * HOUR, 0u8..5), 1..20)) {
        let mut facts = folded(&[phone(0)]);
        let mut now = 0;
        for (seq, (step, what)) in (2..).zip(steps) {
            now += step;
            let body = match what {
                0 | 1 => Body::Message(text()),
                2 => Body::Edit { original: "m".into(), message: text() },
                3 => Body::Revoke { original: "m".into() },
                _ => Body::Message(Message::of(Content::Text { body: "#bot".into() })),
            };
            facts = fold(facts, &event(Origin::Customer, now, body), seq);
            let expected = if now < 12 * HOUR { Owner::App } else { Owner::Nobody };
            prop_assert_eq!(owner(&facts, now), expected);
        }
    }

    /// Echoes may come late and in any order: who holds the chat follows from when they were written.
    #[test]
    fn the_order_in_which_echoes_come_does_not_matter(mut times in prop::collection::vec(0u64..20 * HOUR, 1..8), by in 0usize..8) {
        let in_order = folded(&times.iter().map(|secs| phone(*secs)).collect::<Vec<_>>());
        let by = by % times.len();
        times.rotate_left(by);
        let rotated = folded(&times.iter().map(|secs| phone(*secs)).collect::<Vec<_>>());
        let last = times.iter().copied().max().unwrap();
        prop_assert_eq!(in_order.ownership.since, at(last));
        prop_assert_eq!(rotated.ownership, in_order.ownership);
    }
}

#[test]
fn a_keyword_gives_the_chat_back_and_what_was_written_before_it_takes_it_no_more() {
    let back = folded(&[customer(0), phone(10), keyword(20)]);
    assert_eq!(owner(&back, 21), Owner::Nobody);
    assert_eq!(back.last_app_at, Some(at(20)), "somebody was there");
    let seq = back.echo_seq;
    assert_eq!(seq, 2, "the keyword itself stops nothing");

    let late = fold(back.clone(), &phone(15), 4);
    assert_eq!((owner(&late, 21), late.echo_seq), (Owner::Nobody, 4), "written before, known after");
    for secs in [20, 30] {
        let again = fold(back.clone(), &phone(secs), 4);
        assert_eq!(owner(&again, 31), Owner::App, "{secs}: written in the same second, or after");
    }
    let revoke = |original: &str| event(Origin::App, 30, Body::Revoke { original: original.into() });
    let deleted = fold(back.clone(), &revoke("wamid.20"), 4);
    assert_eq!(owner(&deleted, 31), Owner::Nobody, "to delete the keyword takes nothing");
    assert_eq!(owner(&fold(back, &revoke("wamid.10"), 4), 31), Owner::App, "to delete anything else does");

    let overtaken = folded(&[phone(30), keyword(20)]);
    assert_eq!(owner(&overtaken, 31), Owner::App, "somebody wrote after the keyword");
}

#[test]
fn an_operator_takes_and_gives_back_whoever_held_it() {
    let (give, take) = (ControlOrder::Release, ControlOrder::Take);
    let team = hand_off(Facts::default(), HandOffTarget::Team, &"r".into(), at(0), &Release::default());
    let flow = hold(Facts::default(), &"menu".into(), at(HOUR), at(0), &Release::default());
    for (name, before) in [("the phone's", folded(&[phone(0)])), ("the team's", team), ("a flow's", flow)] {
        assert_ne!(owner(&before, 5), Owner::Nobody, "{name}");
        assert_eq!(owner(&fold(before.clone(), &ordered(5, give), 9), 6), Owner::Nobody, "{name}");
        let taken = fold(before, &ordered(5, take(HandOffTarget::Team)), 9);
        assert_eq!((owner(&taken, 6), taken.ownership.since), (Owner::Team, at(5)), "{name}");
        assert_eq!(taken.echo_seq, 9, "{name}: what was about to leave is stopped");
        assert_eq!(owner(&taken, 5 + 12 * HOUR), Owner::Nobody, "{name}: it is given back like any other");
    }
    let written_since = folded(&[phone(10), ordered(5, give)]);
    assert_eq!(owner(&written_since, 11), Owner::App, "somebody wrote after the order was given");
}

#[test]
fn an_echo_that_comes_late_counts_from_its_own_time_and_never_moves_backwards() {
    let run = "r".into();
    let handed = hand_off(Facts::default(), HandOffTarget::Team, &run, at(100), &Release::default());
    let late = fold(handed, &phone(10), 2);
    assert_eq!((late.ownership.owner, late.ownership.since), (Owner::Team, at(100)), "the team took it later");
    assert_eq!(late.ownership.handed_by, None, "and the run that gave it to them is silenced all the same");

    let held = hold(Facts::default(), &"menu".into(), at(HOUR), at(100), &Release::default());
    let late = fold(held, &phone(10), 2);
    assert_eq!((late.ownership.owner, late.ownership.since), (Owner::App, at(10)), "a person comes before a flow");
    let long_ago = folded(&[customer(13 * HOUR), phone(0)]);
    assert_eq!(owner(&long_ago, 13 * HOUR + 1), Owner::Nobody, "so late that it has let go already");
}

#[test]
fn what_automation_said_in_between_is_a_collision() {
    let left = [at(4), at(30), at(95)];
    let late = |secs| Duration::from_secs(secs);
    for (name, written, known, expected) in [
        ("90 s late", 10, 100, Some(Collision { messages: 2, late: late(90) })),
        ("in time", 10, 11, None),
        ("answered after the bot", 31, 120, Some(Collision { messages: 1, late: late(89) })),
        ("in the second in which the bot spoke", 30, 60, None),
        ("a second before", 29, 60, Some(Collision { messages: 1, late: late(31) })),
        ("nothing was said since", 96, 200, None),
    ] {
        assert_eq!(collision(at(written), at(known), &left), expected, "{name}");
    }
    let words = collision(at(10), at(100), &left).unwrap().words();
    assert!(words.contains("90 s") && words.contains("2 messages"), "{words}");
}

#[test]
fn a_flow_holds_a_chat_until_its_time_is_up_or_a_person_takes_it() {
    let (menu, other, terms) = ("menu".into(), "other".into(), Release::default());
    let held = hold(folded(&[customer(0)]), &menu, at(600), at(1), &terms);
    for (secs, expected) in [(1, Owner::Flow), (599, Owner::Flow), (600, Owner::Nobody)] {
        assert_eq!(owner(&held, secs), expected, "{secs} s");
    }
    let longer = hold(held.clone(), &menu, at(900), at(500), &terms);
    assert_eq!(owner(&longer, 899), Owner::Flow, "held again it lasts anew");
    assert_eq!(hold(held.clone(), &other, at(900), at(500), &terms), held, "not from another flow");
    assert_eq!(
        hold(held.clone(), &other, at(900), at(600), &terms).ownership.holder,
        Some(other.clone()),
        "then it may"
    );
    assert_eq!(release(held.clone(), &other), held, "nor is it another's to give back");
    assert_eq!(owner(&release(held.clone(), &menu), 5), Owner::Nobody);
    let taken = fold(held.clone(), &phone(5), 2);
    assert_eq!(owner(&taken, 6), Owner::App);
    assert_eq!(hold(taken.clone(), &menu, at(900), at(6), &terms), taken, "nor from a person");
    assert_eq!(release(taken.clone(), &menu), taken);
    assert_eq!(owner(&hand_off(held, HandOffTarget::Team, &"r".into(), at(5), &terms), 6), Owner::Team);
}

#[test]
fn a_hasty_flow_that_holds_a_chat_frees_nothing_for_patient_ones() {
    let hasty = Release { after: Duration::from_secs(600), ..Release::default() };
    let menu = "menu".into();
    let held = hold(folded(&[phone(0)]), &menu, at(1200), at(700), &hasty);
    assert_eq!(held.ownership.owner, Owner::Flow);
    let again = hold(held.clone(), &menu, at(1200), at(900), &hasty);
    for (name, facts) in [("its time is up", held), ("held again", again.clone()), ("released", release(again, &menu))]
    {
        let by = |release: &Release<'_>| facts.ownership_at(Echo::default(), at(1300), release);
        assert_eq!(by(&hasty).owner, Owner::Nobody, "{name}");
        assert_eq!((by(&Release::default()).owner, by(&Release::default()).since), (Owner::App, at(0)), "{name}");
        assert_eq!(owner(&facts, 12 * HOUR), Owner::Nobody, "{name}");
    }
}

#[test]
fn while_a_hasty_flow_holds_a_chat_a_patient_one_says_nothing_in_it() {
    let hasty = Release { after: Duration::from_secs(600), ..Release::default() };
    let facts = hold(folded(&[customer(0), phone(1)]), &"menu".into(), at(1200), at(700), &hasty);
    let run = "r".into();
    let proposal = Proposal { purpose: Purpose::FreeForm, sender: Sender::Flow(&run), category: None };
    let verdict = |release| {
        let situation = Situation {
            now: at(900),
            number: &Sending::Free,
            echo_blind: None,
            facts: &facts,
            echo: Echo::default(),
            template: None,
            phone: PhoneTerms::default(),
            budget: None,
            reach: Reach::default(),
            release,
        };
        judge(&proposal, &situation).map_err(|objection| objection.rule)
    };
    assert_eq!((verdict(hasty), verdict(Release::default())), (Ok(()), Err("owner")));
}

#[test]
fn a_hand_off_that_the_host_orders_counts_from_its_own_time() {
    let order = event(Origin::System, 3 * HOUR, Body::HandOff { to: HandOffTarget::Team, note: "x".into() });
    let terms = Release { after: Duration::from_secs(600), ..Release::default() };
    let facts = folded(&[phone(0), order]);
    let by = |secs| facts.ownership_at(Echo::default(), at(secs), &terms).owner;
    assert!(by(3 * HOUR + 60).is_person(), "whoever wrote three hours ago had let go by then");
    assert_eq!(by(3 * HOUR + 600), Owner::Nobody);
}

#[test]
fn what_the_app_writes_by_itself_takes_nothing_and_is_remembered() {
    for (kind, away) in
        [(AutomaticKind::Greeting, None), (AutomaticKind::Away, Some(at(2))), (AutomaticKind::Learned, Some(at(2)))]
    {
        let event = automatic(2, kind);
        assert!(!event.claims());
        let facts = folded(&[customer(0), event]);
        assert_eq!((owner(&facts, 3), facts.echo_seq, facts.last_app_at), (Owner::Nobody, 0, None), "{kind:?}");
        assert_eq!((facts.automatic_at, facts.away_at), (Some(at(2)), away), "{kind:?}");
        let kept = folded(&[phone(0), automatic(2, kind)]);
        assert_eq!((owner(&kept, 3), kept.ownership.since), (Owner::App, at(0)), "nor does it keep it for somebody");
    }
}

#[test]
fn texts_of_a_number_are_compared_whole_without_case_accents_and_gaps() {
    let of = |text: &str| vec![text.to_owned()];
    let words = PhoneWords::new(
        &["#bot".into(), "Pode responder, robô".into(), "  ".into()],
        &of("Olá! Já vamos."),
        &of("Fechado."),
    );
    let release = |keyword: &str| Some(EchoMeaning::Release { keyword: keyword.into() });
    for (text, expected) in [
        ("#bot", release("#bot")),
        (" #BOT\n", release("#bot")),
        ("pode  responder, ROBO", release("Pode responder, robô")),
        ("bot", None),
        ("#bot!", None),
        ("escreva #bot", None),
        ("", None),
        ("  ", None),
    ] {
        assert_eq!(words.meaning(text), expected, "{text:?}");
    }
    let kind = |text| match words.meaning(text) {
        Some(EchoMeaning::Automatic { kind, .. }) => Some(kind),
        _ => None,
    };
    assert_eq!(kind("ola! ja  VAMOS."), Some(AutomaticKind::Greeting));
    assert_eq!(kind("fechado."), Some(AutomaticKind::Away));
    assert_eq!(kind("fechado"), None);
    assert!(words.has_away() && !PhoneWords::default().has_away());
}

const AWAY: &str = "Olá! A loja está fechada, respondemos amanhã.";

/// A text from the phone, so many seconds after a customer's message that came after so long a silence.
fn heard(learned: &mut Learned, person: &str, text: &str, latency: u64, silence: Option<u64>) -> Option<EchoMeaning> {
    let base = 100 * HOUR;
    let mut before = vec![Heard { at: at(base), by_customer: true }];
    before.extend(silence.map(|secs| Heard { at: at(base - secs), by_customer: false }));
    let contact = ContactId::from(person);
    learned.hear(&Sighting { text, at: at(base + latency), to: Some(&contact), before: &before })
}

#[test]
fn a_text_that_answers_three_people_within_seconds_is_the_apps_own() {
    let mut learned = Learned::default();
    for person in ["a", "b", "a", "b"] {
        assert_eq!(heard(&mut learned, person, AWAY, 2, None), None, "{person}: two people are not enough");
    }
    assert!(learned.automatic().next().is_none());
    let third = heard(&mut learned, "c", &AWAY.to_uppercase(), 3, Some(HOUR));
    let Some(EchoMeaning::Automatic { kind: AutomaticKind::Learned, why }) = third else { panic!("{third:?}") };
    assert!(why.contains("3 s after") && why.contains("3 people"), "{why}");
    assert!(heard(&mut learned, "a", AWAY, 0, None).is_some(), "and so are all that follow");
    let stored = serde_json::to_value(&learned).unwrap();
    assert_eq!(serde_json::from_value::<Learned>(stored).unwrap(), learned);

    // A person who uses the same words gives themselves away: it is forgotten.
    assert_eq!(heard(&mut learned, "d", AWAY, 40, None), None);
    assert!(learned.automatic().next().is_none());
    assert_eq!(heard(&mut learned, "c", AWAY, 2, None), None, "and has to be learned anew");
}

#[test]
fn what_is_no_answer_within_seconds_to_a_broken_silence_teaches_nothing() {
    for (name, latency, silence) in
        [("too slow", 6, None), ("in the middle of a talk", 2, Some(599)), ("a minute later", 60, Some(HOUR))]
    {
        let mut learned = Learned::default();
        for person in ["a", "b", "c", "d"] {
            assert_eq!(heard(&mut learned, person, AWAY, latency, silence), None, "{name}");
        }
        assert_eq!(learned, Learned::default(), "{name}");
    }
    let mut learned = Learned::default();
    // The owner began the chat, or nothing is known of it.
    for before in [&[][..], &[Heard { at: at(0), by_customer: false }]] {
        for person in ["a", "b", "c"] {
            let contact = ContactId::from(person);
            let sighting = Sighting { text: AWAY, at: at(1), to: Some(&contact), before };
            assert_eq!(learned.hear(&sighting), None);
        }
    }
    assert!(!Learned::is_candidate("bom dia, tudo bem?") && Learned::is_candidate(AWAY));
}

#[test]
fn a_burst_of_the_customers_is_one_broken_silence() {
    let line = |secs, by_customer| Heard { at: at(secs), by_customer };
    let mut learned = Learned::default();
    for person in ["a", "b", "c"] {
        let contact = ContactId::from(person);
        let before = [line(HOUR, true), line(HOUR + 1, true), line(HOUR + 3, true), line(0, false)];
        learned.hear(&Sighting { text: AWAY, at: at(HOUR + 2), to: Some(&contact), before: &before });
    }
    assert!(learned.automatic().next().is_some());
    // Where too much was said to know what came before, nothing is learned and nothing forgotten.
    let talk: Vec<_> = (0..Learned::LOOKED_AT as u64).map(|secs| line(HOUR + secs, true)).collect();
    let contact = ContactId::from("d");
    learned.hear(&Sighting { text: AWAY, at: at(HOUR + 60), to: Some(&contact), before: &talk });
    assert!(learned.automatic().next().is_some());
}

proptest! {
    #[test]
    fn few_texts_are_kept_and_known_ones_stay(texts in prop::collection::vec("[a-z ]{30}", 40..80)) {
        let mut learned = Learned::default();
        for person in ["a", "b", "c"] {
            heard(&mut learned, person, AWAY, 2, None);
        }
        for text in &texts {
            heard(&mut learned, "a", text, 2, None);
        }
        prop_assert_eq!(learned.automatic().count(), 1);
        prop_assert!(serde_json::to_string(&learned).unwrap().len() < 6_000);
        prop_assert!(heard(&mut learned, "z", AWAY, 2, None).is_some());
    }
}

fn handover(secs: u64, ours: Option<bool>) -> Event {
    let body = Handover {
        what: "control_passed".into(),
        previous_role: None,
        new_role: None,
        previous_app_id: None,
        new_app_id: None,
        ours,
        metadata: None,
        json: serde_json::Value::Null,
    };
    event(Origin::System, secs, Body::Handover(body))
}

#[test]
fn while_another_app_has_control_of_the_thread_flows_are_silent() {
    let standby = |secs| event(Origin::Customer, secs, Body::Standby(Box::new(Body::Message(text()))));
    for (name, events, expected) in [
        ("standby", vec![standby(10)], Owner::Team),
        ("for days", vec![customer(0), standby(10), standby(9 * HOUR)], Owner::Team),
        ("passed to somebody", vec![handover(10, Some(false))], Owner::Team),
        ("passed to whom nobody can tell", vec![handover(10, None)], Owner::Team),
        ("given back", vec![standby(10), handover(20, Some(true))], Owner::Nobody),
        ("given back, told late", vec![handover(20, Some(true)), standby(10)], Owner::Nobody),
        ("a message comes to us again", vec![standby(10), customer(20)], Owner::Nobody),
        ("one from before comes late", vec![standby(10), customer(5)], Owner::Team),
        ("taken once more", vec![standby(10), customer(20), standby(30)], Owner::Team),
        ("an operator knows better", vec![standby(10), ordered(20, ControlOrder::Release)], Owner::Nobody),
        ("the phone speaks meanwhile", vec![standby(10), phone(9 * HOUR)], Owner::App),
    ] {
        let facts = folded(&events);
        assert_eq!(owner(&facts, 20 * HOUR), expected, "{name}");
    }
    let facts = folded(&[standby(10)]);
    assert_eq!(owner(&facts, 1000 * HOUR), Owner::Team, "no clock ends it");
    assert!(standby(10).claims() && handover(1, None).claims(), "what is about to leave is stopped");
    assert_eq!(facts.window_until, None, "and no window is opened");
    let both = merge(&facts, &folded(&[customer(0)]), at(11), &Release::default());
    assert!(both.is_elsewhere());
    assert_eq!(both.ownership.owner, Owner::Nobody, "whose the thread is stays apart from who holds the chat");
}

#[test]
fn two_chats_that_become_one_keep_what_was_said_of_owners() {
    let ours = folded(&[phone(0), keyword(10), automatic(20, AutomaticKind::Away)]);
    let theirs = folded(&[customer(5)]);
    for (one, other) in [(&ours, &theirs), (&theirs, &ours)] {
        let both = merge(one, other, at(30), &Release::default());
        assert_eq!((both.released_at, both.away_at, both.automatic_at), (Some(at(10)), Some(at(20)), Some(at(20))));
        assert_eq!(both.released_by, Some(MessageId::from("wamid.10")));
        assert_eq!(owner(&both, 31), Owner::Nobody);
    }
}
