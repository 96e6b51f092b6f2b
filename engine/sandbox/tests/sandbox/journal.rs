//! A recorded run, run again, does the same; another plugin is told what is known, and nothing is made up.

use std::time::Duration;

use ponte_model::send::Payload;
use ponte_model::{Effect, HttpResponse, OutsideAnswer, Owner, Refusal};
use ponte_sandbox::journal::{Beyond, Nothing, Recording, ReplayLog, Sealed, Told, Unreadable, record, replay, seal};
use ponte_sandbox::{Limits, LocalTime, Outcome, Period, Plugin, RunReport};
use proptest::prelude::*;

use crate::broker::{Maps, request};
use crate::guests::{Guest, guest};
use crate::support::{load, load_within, sandbox};

const TEXT: &str = "(call $send.text (i32.const 1024) (i32.const 5) (i32.const 1040) (i32.const 2) (i32.const 256))";

/// Asks everything that a guest in text can ask, and puts dice, clocks and answers into effects.
const CALLS: &[&str] = &[
    "send.text",
    "send.buttons",
    "send.footer",
    "state.get",
    "state.add",
    "state.put",
    "contacts.named",
    "conversation.burst",
    "conversation.phone",
    "conversation.automatic",
    "conversation.hold",
    "conversation.hand-off",
    "settings.text",
    "run.random",
    "run.event-json",
    "log.write",
];

fn curious() -> Vec<u8> {
    let body = format!(
        "{TEXT}
        (call $settings.text (i32.const 1056) (i32.const 1) (i32.const 1040) (i32.const 2) (i32.const 256))
        (call $log.write (i32.const 2) (i32.load (i32.const 260)) (i32.load (i32.const 264)))
        (call $state.get (i32.const 0) (i32.const 1056) (i32.const 1) (i32.const 256))
        (call $state.add (i32.const 2) (i32.const 1072) (i32.const 2) (i32.const 1) (i32.const 256))
        (call $contacts.named (i32.const 1056) (i32.const 1) (i32.const 256))
        (call $conversation.burst (i32.const 256))
        (drop (call $conversation.phone))
        (call $conversation.automatic (i32.const 256))
        (call $conversation.hold (i32.const 60) (i32.const 256))
        (call $send.buttons (i32.const 1024) (i32.const 5) (i32.const 1040) (i32.const 2)
            (i32.const 0) (i32.const 0) (i32.const 256))
        (call $send.footer (i32.load (i32.const 264)) (i32.const 1024) (i32.const 5) (i32.const 512))
        (call $send.footer (i32.load (i32.const 264)) (i32.const 1024) (i32.const 61) (i32.const 512))
        (call $run.random (i32.const 16) (i32.const 256))
        (call $state.put (i32.const 0) (i32.const 1040) (i32.const 2) (i32.load (i32.const 256)) (i32.const 16)
            (i32.const 512))
        (call $run.event-json (i32.const 256))
        (call $state.put (i32.const 1) (i32.const 1040) (i32.const 2) (i32.load (i32.const 256))
            (i32.load (i32.const 260)) (i32.const 512))
        (call $conversation.hand-off (i32.const 1) (i32.const 1040) (i32.const 2) (i32.const 256))"
    );
    guest(CALLS, &body)
}

async fn recorded(plugin: &Plugin, broker: Maps) -> (RunReport, Vec<u8>) {
    let request = request();
    let (broker, tape) = record(Box::new(broker), &request, plugin, 1 << 20);
    let report = sandbox().run(plugin, request, broker).await;
    let bytes = tape.close(&report).unwrap();
    (report, bytes)
}

async fn again(plugin: &Plugin, bytes: &[u8], beyond: Box<dyn Beyond>) -> (RunReport, ReplayLog, Sealed) {
    let recording = Recording::read(bytes).unwrap();
    let (request, broker, end) = replay(&recording, beyond);
    let report = sandbox().run(plugin, request, broker).await;
    (report, end.close(), recording.sealed)
}

fn binary_state() -> Maps {
    let mut maps = Maps::default();
    maps.state.insert((ponte_model::StateScope::Conversation, "k".into()), vec![0xff, 0, 9, 10]);
    maps.state.insert((ponte_model::StateScope::Installation, "41".into()), b"7".to_vec());
    maps
}

#[tokio::test]
async fn a_run_that_asks_everything_is_the_same_again_bit_for_bit() {
    let plugin = load(curious()).await;
    let (report, bytes) = recorded(&plugin, binary_state()).await;
    assert_eq!(report.outcome, Outcome::Done);
    assert!(report.effects.len() >= 6, "{:#?}", report.effects);
    assert_eq!(report.refusals.len(), 1, "the long footer: {:?}", report.refusals);
    let (now, log, sealed) = again(&plugin, &bytes, Box::new(Nothing)).await;
    assert_eq!(log, ReplayLog::default());
    assert_eq!((&now.effects, &now.log, &now.refusals), (&report.effects, &report.log, &report.refusals));
    assert_eq!(Sealed::of(&now.outcome, &now.effects), sealed);
    let other = [&now.effects[1..], &now.effects[..1]].concat();
    assert_ne!(Sealed::of(&now.outcome, &other), sealed, "the order of effects counts");
    assert_ne!(Sealed::of(&Outcome::Rejected { reason: "x".into() }, &now.effects), sealed);
}

#[tokio::test]
async fn refusals_are_told_again_although_the_window_would_be_open_now() {
    let plugin = load(guest(&["send.text"], TEXT)).await;
    let refuse = Some(Refusal::WindowClosed);
    let (report, bytes) = recorded(&plugin, Maps { refuse, ..Maps::default() }).await;
    let (now, log, _) = again(&plugin, &bytes, Box::new(Nothing)).await;
    assert_eq!(now.refusals, report.refusals);
    assert_eq!((now.refusals[0].1.code(), log), ("window-closed", ReplayLog::default()));
}

#[tokio::test]
async fn a_question_that_nobody_answered_in_time_is_refused_again() {
    let get = "(call $http.get (i32.const 1024) (i32.const 5) (i32.const 0) (i32.const 0) (i32.const 256))";
    let component = Guest { calls: &["http.get"], body: &get.repeat(3), version: "0.1.1", ..Guest::default() }.build();
    let limits = Limits { wait: Duration::from_millis(300), ..Limits::COMPILED };
    let plugin = load_within(component, limits).await;
    let page = OutsideAnswer::Http(HttpResponse { status: 200, headers: Vec::new(), body: Vec::new() });
    let maps = Maps { outside: Some((page, Duration::from_millis(200))), ..Maps::default() };
    let (report, bytes) = recorded(&plugin, maps).await;
    assert_eq!(report.refusals.len(), 2, "the first is answered, of the rest none: {:?}", report.refusals);
    let calls = Recording::read(&bytes).unwrap().calls();
    let told: Vec<_> = calls.iter().map(|call| (call.name.as_str(), call.answered.get("Err").is_some())).collect();
    assert_eq!(told, [("outside", false), ("outside", true), ("outside", true)], "the story has each once");
    let (now, log, sealed) = again(&plugin, &bytes, Box::new(Nothing)).await;
    assert_eq!((now.refusals, log), (report.refusals, ReplayLog::default()));
    assert_eq!(Sealed::of(&now.outcome, &now.effects), sealed);
}

#[tokio::test]
async fn the_story_has_every_call_that_matters_once_and_in_order() {
    let plugin = load(curious()).await;
    let (_, bytes) = recorded(&plugin, binary_state()).await;
    let calls = Recording::read(&bytes).unwrap().calls();
    let names: Vec<_> = calls.iter().map(|call| call.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "propose",
            "text",
            "state",
            "state",
            "state.add",
            "named",
            "burst",
            "phone",
            "automatic",
            "may-hold",
            "conversation.hold",
            "propose",
            "amended",
            "amended",
            "state.put",
            "state.put",
            "conversation.hand-off",
        ]
    );
    assert!(calls[13].answered["Err"]["why"].as_str().unwrap().contains("60 characters"), "{:?}", calls[13]);
}

#[tokio::test]
async fn another_plugin_is_told_what_is_known_and_the_first_difference_is_named() {
    let plugin = load(guest(
        &["state.get", "send.text"],
        &format!("(call $state.get (i32.const 0) (i32.const 1056) (i32.const 1) (i32.const 256)) {TEXT}"),
    ))
    .await;
    let (_, bytes) = recorded(&plugin, binary_state()).await;

    // The same questions, other words: judged as the recorded message was.
    let other = load(guest(
        &["state.get", "send.text"],
        "
        (call $state.get (i32.const 0) (i32.const 1056) (i32.const 1) (i32.const 256))
        (call $send.text (i32.const 1024) (i32.const 5) (i32.const 1072) (i32.const 2) (i32.const 256))",
    ))
    .await;
    let (now, log, sealed) = again(&other, &bytes, Box::new(Nothing)).await;
    let [Effect::Send { message, .. }] = &now.effects[..] else { panic!("{:?}", now.effects) };
    assert!(matches!(&message.payload, Payload::Text { body, .. } if body == "41"));
    assert_ne!(Sealed::of(&now.outcome, &now.effects), sealed);
    assert!(matches!(&log.beyond[..], [(_, Told::Alike)]), "{log:?}");
    let at = log.divergence.unwrap();
    assert_eq!(at.call, 2);
    assert_eq!(at.asked.unwrap().asked[1]["body"], "41");
    assert_eq!(at.recorded.unwrap().asked[1]["body"], "oi");

    // A key that nobody read: nobody knows, and the guest hears so.
    let other = load(guest(
        &["state.get", "send.text"],
        &format!("{TEXT} (call $state.get (i32.const 0) (i32.const 1072) (i32.const 2) (i32.const 256))"),
    ))
    .await;
    let (now, log, _) = again(&other, &bytes, Box::new(Nothing)).await;
    assert_eq!(now.refusals[0].1.to_string(), "not in the recording");
    assert!(matches!(&log.beyond[..], [(asked, Told::NotRecorded)] if asked.asked[1] == "41"), "{log:?}");
    assert_eq!(now.effects.len(), 1, "the message was recorded, if in another place: {:?}", now.effects);

    // One that asks less.
    let (_, log, _) = again(&load(guest(&[], "")).await, &bytes, Box::new(Nothing)).await;
    let at = log.divergence.unwrap();
    assert_eq!((at.call, at.asked), (1, None));
}

#[tokio::test]
async fn a_plugin_that_now_speaks_is_judged_by_owner_and_window_of_then() {
    let silent = load(guest(&[], "")).await;
    let speaks = load(guest(&["send.text"], TEXT)).await;
    let (_, bytes) = recorded(&silent, Maps::default()).await;
    // The broker made of maps says: a flow owns the chat, and its window is closed.
    let (now, log, _) = again(&speaks, &bytes, Box::new(Nothing)).await;
    assert_eq!(now.refusals[0].1, Refusal::WindowClosed);
    assert!(matches!(&log.beyond[..], [(_, Told::Facts)]), "{log:?}");

    let text = Recording::read(&bytes).unwrap().text().replace("\"flow\"", "\"app\"");
    let sealed = Sealed::of(&Outcome::Done, &[]);
    let (now, ..) = again(&speaks, &seal(&text, &[7; 32], &sealed), Box::new(Nothing)).await;
    assert_eq!(now.refusals[0].1, Refusal::OwnedByPerson { owner: Owner::App });
}

/// A package that says "from the package".
struct Package;

impl Beyond for Package {
    fn own_text(&self, key: &str, _: &str) -> Option<Option<String>> {
        Some(Some(format!("{key} from the package")))
    }
    fn setting(&self, _: &str) -> Option<Option<String>> {
        None
    }
    fn text(&self, _: &str, _: &str) -> Option<Option<String>> {
        None
    }
    fn period(&self, _: ponte_model::Timestamp) -> Option<Result<Period, Refusal>> {
        None
    }
    fn local_time(&self, _: ponte_model::Timestamp) -> Option<Result<LocalTime, Refusal>> {
        None
    }
    fn fits(&self, _: &ponte_model::send::Outbound) -> Option<Result<(), Refusal>> {
        None
    }
}

#[tokio::test]
async fn texts_of_a_package_that_is_tried_count_before_the_recorded_ones() {
    let body = "(call $settings.text (i32.const 1056) (i32.const 1) (i32.const 1040) (i32.const 2) (i32.const 256))
        (call $log.write (i32.const 2) (i32.load (i32.const 260)) (i32.load (i32.const 264)))";
    let plugin = load(guest(&["settings.text", "log.write"], body)).await;
    let (report, bytes) = recorded(&plugin, Maps::default()).await;
    assert_eq!(report.log[0].text, "k in oi");
    let (now, log, _) = again(&plugin, &bytes, Box::new(Package)).await;
    assert_eq!((now.log[0].text.as_str(), log), ("k from the package", ReplayLog::default()));
}

#[tokio::test]
async fn a_run_that_is_told_too_much_is_not_recorded() {
    let plugin = load(curious()).await;
    let request = request();
    let (broker, tape) = record(Box::new(Maps::default()), &request, &plugin, 1_000);
    let report = sandbox().run(&plugin, request, broker).await;
    assert_eq!(report.outcome, Outcome::Done, "it runs all the same");
    assert!(tape.close(&report).unwrap_err().to_string().contains("1000 bytes"));
}

/// What was stored by the first version must be read for ever, or refused with words. `PONTE_BLESS=1` writes it anew, which
/// is only right before a release.
#[tokio::test]
async fn the_first_format_is_read_for_ever() {
    let path = "tests/fixtures/recording-1.bin";
    let plugin = load(curious()).await;
    if std::env::var_os("PONTE_BLESS").is_some() {
        std::fs::write(path, recorded(&plugin, binary_state()).await.1).unwrap();
    }
    let bytes = std::fs::read(path).expect("the fixture is there");
    let (report, log, sealed) = again(&plugin, &bytes, Box::new(Nothing)).await;
    assert_eq!(log, ReplayLog::default());
    assert_eq!(Sealed::of(&report.outcome, &report.effects), sealed);

    let mut later = bytes.clone();
    later[0] = 2;
    let error = Recording::read(&later).unwrap_err();
    assert_eq!(error, Unreadable::Format(2));
    assert!(error.to_string().contains("use the ponte that made it"), "{error}");
    let mut packed = bytes.clone();
    packed[1] = 9;
    assert!(Recording::read(&packed).unwrap_err().to_string().contains("packed in a way (9)"));
}

proptest! {
    #[test]
    fn a_damaged_recording_is_refused_or_read_and_never_a_panic(at in 0_usize..600, to: u8, cut in 0_usize..600) {
        let bytes = std::fs::read("tests/fixtures/recording-1.bin").unwrap();
        let mut damaged = bytes.clone();
        let at = at % damaged.len();
        damaged[at] = to;
        let _ = Recording::read(&damaged);
        prop_assert!(Recording::read(&bytes[..cut.min(bytes.len() - 1)]).is_err());
    }
}
