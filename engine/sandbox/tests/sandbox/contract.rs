//! What guests ask for becomes effects of the model; what they may not is refused, as a value.

use std::collections::BTreeMap;

use ponte_model::send::{Payload, Recipient, Template};
use ponte_model::{Body, Effect, HandOffTarget, Refusal, Schedule, StateScope, Timestamp, WhenClosed};
use ponte_sandbox::{Outcome, Permission, PermissionSet};

use crate::broker::{Maps, request};
use crate::guests::guest;
use crate::support::{load, run, run_with, sandbox, texts};

const SEND: &str = "(call $send.text (i32.const 1024) (i32.const 5) (i32.const 1040) (i32.const 2) (i32.const 256))";

#[tokio::test]
async fn a_message_is_collected_and_amended() {
    let body = "
        (call $send.buttons (i32.const 1024) (i32.const 5) (i32.const 1040) (i32.const 2)
            (i32.const 0) (i32.const 0) (i32.const 256))
        ;; its number is at 264
        (call $send.quote (i32.load (i32.const 264)) (i32.const 1088) (i32.const 7) (i32.const 512))
        (call $send.footer (i32.load (i32.const 264)) (i32.const 1024) (i32.const 5) (i32.const 512))
        ;; too long, and so taken back
        (call $send.footer (i32.load (i32.const 264)) (i32.const 1024) (i32.const 61) (i32.const 512))
        (call $send.quote (i32.const 9) (i32.const 1088) (i32.const 7) (i32.const 512))";
    let report = run(guest(&["send.buttons", "send.quote", "send.footer"], body)).await;
    assert_eq!(report.outcome, Outcome::Done);
    let [Effect::Send { contact, message, .. }] = &report.effects[..] else { panic!("{:?}", report.effects) };
    assert_eq!((contact.as_str(), message.reply_to.as_ref().unwrap().as_str()), ("con_1", "wamid.Q"));
    assert_eq!(message.to, Recipient::Phone("5511999990000".into()));
    let Payload::Interactive(card) = &message.payload else { panic!("{:?}", message.payload) };
    assert_eq!((card.body.as_deref(), card.footer.as_deref()), (Some("oi"), Some("con_1")));
    let fields: Vec<_> = report.refusals.iter().map(|(call, refusal)| (call.as_str(), refusal.code())).collect();
    assert_eq!(fields, [("send.footer", "invalid"), ("send.quote", "invalid")]);
}

#[tokio::test]
async fn a_message_may_choose_what_becomes_of_it_when_the_window_is_closed() {
    // A hold, and then a template in its place; nonsense as an effect changes nothing.
    let body = format!(
        "{SEND} {SEND}
        (call $send.when-closed (i32.const 0) (i32.const 1) (i32.const 512))
        (call $send.when-closed-template (i32.const 1) (i32.const 1024) (i32.const 5) (i32.const 1040) (i32.const 2)
            (i32.const 0) (i32.const 0) (i32.const 512))
        (call $send.when-closed (i32.const 9) (i32.const 2) (i32.const 512))"
    );
    let report = run(guest(&["send.text", "send.when-closed", "send.when-closed-template"], &body)).await;
    let chosen: Vec<_> = report
        .effects
        .iter()
        .map(|effect| match effect {
            Effect::Send { when_closed, .. } => when_closed.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    let template = Box::new(Template { name: "con_1".into(), language: "oi".into(), components: Vec::new() });
    assert_eq!(chosen, [Some(WhenClosed::Hold), Some(WhenClosed::Template { template })]);
    assert_eq!(report.refusals.len(), 1, "{:?}", report.refusals);
}

#[tokio::test]
async fn text_has_no_footer() {
    let body = format!("{SEND} (call $send.footer (i32.const 0) (i32.const 1024) (i32.const 5) (i32.const 512))");
    let report = run(guest(&["send.text", "send.footer"], &body)).await;
    assert!(report.refusals[0].1.to_string().contains("a text has no header or footer"), "{:?}", report.refusals);
}

#[tokio::test]
async fn state_sees_its_own_writes_and_keeps_the_last() {
    // put k = "41"; add 1; read it back into the log; let it expire in a minute.
    let body = "
        (call $state.put (i32.const 0) (i32.const 1056) (i32.const 1) (i32.const 1072) (i32.const 2) (i32.const 256))
        (call $state.add (i32.const 0) (i32.const 1056) (i32.const 1) (i32.const 1) (i32.const 256))
        (call $state.get (i32.const 0) (i32.const 1056) (i32.const 1) (i32.const 256))
        (call $log.write (i32.const 2) (i32.load (i32.const 268)) (i32.load (i32.const 272)))
        (call $state.expire-after (i32.const 0) (i32.const 1056) (i32.const 1) (i32.const 60) (i32.const 256))";
    let report = run(guest(&["state.put", "state.add", "state.get", "state.expire-after", "log.write"], body)).await;
    assert_eq!(texts(&report), ["42"]);
    let put = Effect::PutState {
        scope: StateScope::Conversation,
        key: "k".into(),
        value: Some(b"42".to_vec()),
        expires_at: Some(Timestamp::from_secs(1_800_000_060)),
    };
    assert_eq!(report.effects, [put]);
}

#[tokio::test]
async fn adding_starts_from_the_snapshot_and_checks_it() {
    let add = "(call $state.add (i32.const 2) (i32.const 1056) (i32.const 1) (i32.const -3) (i32.const 256))";
    let table = [
        (b"10".to_vec(), Ok(b"7".to_vec())),
        (b"-2147483648".to_vec(), Err("32 bits")),
        (b"ten".to_vec(), Err("no decimal number")),
        (b"\xff".to_vec(), Err("no decimal number")),
    ];
    let component = guest(&["state.add"], add);
    for (before, after) in table {
        let state = BTreeMap::from([((StateScope::Installation, "k".to_owned()), before)]);
        let report = run_with(component.clone(), Maps { state, ..Maps::default() }).await;
        match after {
            Ok(value) => assert!(
                matches!(&report.effects[..], [Effect::PutState { value: Some(is), .. }] if *is == value),
                "{:?}",
                report.effects
            ),
            Err(why) => assert!(report.refusals[0].1.to_string().contains(why), "{:?}", report.refusals),
        }
    }
}

#[tokio::test]
async fn what_was_not_granted_is_denied_and_the_guest_lives() {
    let body = format!(
        "{SEND}
         (call $state.put (i32.const 0) (i32.const 1056) (i32.const 1) (i32.const 1072) (i32.const 2) (i32.const 256))
         (call $schedule.at (i32.const 1056) (i32.const 1) (i64.const 1800000000000) (i32.const 0) (i32.const 0) (i32.const 256))
         (call $contacts.tag (i32.const 1056) (i32.const 1) (i32.const 256))
         (call $conversation.hand-off (i32.const 1) (i32.const 1040) (i32.const 2) (i32.const 256))"
    );
    let calls = ["send.text", "state.put", "schedule.at", "contacts.tag", "conversation.hand-off"];
    let plugin = load(guest(&calls, &body)).await;
    let of_the_flow = &Permission::ALL[..calls.len()];
    for (index, granted) in of_the_flow.iter().copied().enumerate() {
        let mut request = request();
        request.permissions = [granted].into_iter().collect();
        let report = sandbox().run(&plugin, request, Box::new(Maps::default())).await;
        assert_eq!((&report.outcome, report.effects.len()), (&Outcome::Done, 1), "{granted}");
        let denied: Vec<_> = report.refusals.iter().map(|(call, _)| call.as_str()).collect();
        let mut others = calls.to_vec();
        others.remove(index);
        assert_eq!(denied, others);
    }
    let report = sandbox().run(&plugin, request(), Box::new(Maps::default())).await;
    assert_eq!(report.refusals, []);
    assert_eq!(report.effects[4], Effect::HandOff { to: HandOffTarget::Team, note: "oi".into() });
    let all: PermissionSet = of_the_flow.iter().copied().collect();
    assert_eq!(plugin.info().imports, all);
}

#[tokio::test]
async fn a_flow_holds_its_conversation_for_seven_days_at_most() {
    let hold = |age: u32| {
        guest(&["conversation.hold"], &format!("(call $conversation.hold (i32.const {age}) (i32.const 256))"))
    };
    let until = |secs: i64| Effect::Hold { until: Timestamp::from_secs(1_800_000_000 + secs) };
    assert_eq!(run(hold(600)).await.effects, [until(600)]);
    assert_eq!(run(hold(604_800)).await.effects, [until(604_800)]);
    for age in [0, 604_801] {
        let report = run(hold(age)).await;
        assert_eq!(report.effects, []);
        assert!(matches!(&report.refusals[0].1, Refusal::Invalid { field, .. } if field == "age"), "{age}");
    }
    let refusal = Refusal::Other { why: "flow menu holds the conversation".into() };
    let report = run_with(hold(600), Maps { refuse: Some(refusal.clone()), ..Maps::default() }).await;
    assert_eq!((report.effects, report.refusals), (vec![], vec![("conversation.hold".to_owned(), refusal)]));
    let plugin = load(hold(600)).await;
    let mut request = request();
    request.permissions = PermissionSet::default();
    let report = sandbox().run(&plugin, request, Box::new(Maps::default())).await;
    assert!(matches!(report.refusals[0].1, Refusal::Denied { .. }), "{:?}", report.refusals);
}

#[tokio::test]
async fn the_apps_own_texts_are_told_to_everybody() {
    // Expected: one letter of "con_1"; a moment (7 s) at 272; no away text at 280.
    let body = "
        (call $conversation.automatic (i32.const 256))
        (call $log.write (i32.const 2) (i32.const 1024) (i32.load8_u (i32.const 256)))
        (if (i64.eq (i64.load (i32.const 272)) (i64.const 7000))
            (then (call $log.write (i32.const 2) (i32.const 1024) (i32.load8_u (i32.const 264)))))
        (call $log.write (i32.const 2) (i32.const 1024) (i32.load8_u (i32.const 280)))";
    let plugin = load(guest(&["conversation.automatic", "log.write"], body)).await;
    let mut request = request();
    request.permissions = PermissionSet::default();
    let report = sandbox().run(&plugin, request, Box::new(Maps::default())).await;
    assert_eq!(report.outcome, Outcome::Done);
    assert_eq!(texts(&report), ["c", "c", ""]);
}

#[tokio::test]
async fn the_brokers_refusal_reaches_the_guest() {
    // The guest logs as many letters as the refusal's case has others before it.
    let body = format!("{SEND} (call $log.write (i32.const 2) (i32.const 1024) (i32.load8_u (i32.const 264)))");
    let component = guest(&["send.text", "log.write"], &body);
    for (refusal, letters) in [
        (Refusal::Denied { permission: "send".into() }, ""),
        (Refusal::WindowClosed, "co"),
        (Refusal::NoConsent, "con_1"),
    ] {
        let report = run_with(component.clone(), Maps { refuse: Some(refusal.clone()), ..Maps::default() }).await;
        assert_eq!(texts(&report), [letters], "{refusal}");
        assert_eq!(report.refusals, [("send.text".to_owned(), refusal)]);
    }
}

#[tokio::test]
async fn handlers_may_fail() {
    let retry = "(i32.store8 (i32.const 16) (i32.const 1)) (i32.store (i32.const 24) (i32.const 90))";
    let reject = "(i32.store8 (i32.const 16) (i32.const 1)) (i32.store8 (i32.const 20) (i32.const 1))
        (i32.store (i32.const 24) (i32.const 1040)) (i32.store (i32.const 28) (i32.const 2))";
    let report = run(guest(&["send.text"], &format!("{SEND} {retry}"))).await;
    assert_eq!((report.outcome, report.effects), (Outcome::Retry { after_secs: 90 }, vec![]));
    let report = run(guest(&[], reject)).await;
    assert_eq!(report.outcome, Outcome::Rejected { reason: "oi".into() });
}

#[tokio::test]
async fn people_are_found_by_a_setting_and_only_with_the_permission() {
    // The run fails unless there is one line to answer, and the number's phone is not seen.
    let body = "
        (call $conversation.burst (i32.const 256))
        (if (i32.ne (i32.load (i32.const 260)) (i32.const 1)) (then unreachable))
        (if (i32.ne (call $conversation.phone) (i32.const 1)) (then unreachable))
        (call $contacts.named (i32.const 1056) (i32.const 1) (i32.const 256))";
    let plugin = load(guest(&["conversation.burst", "conversation.phone", "contacts.named"], body)).await;
    let report = sandbox().run(&plugin, request(), Box::new(Maps::default())).await;
    assert_eq!((report.outcome, report.refusals), (Outcome::Done, Vec::new()));
    let mut without = request();
    without.permissions = [Permission::Conversation].into_iter().collect();
    let report = sandbox().run(&plugin, without, Box::new(Maps::default())).await;
    assert_eq!(report.refusals[0].1, Refusal::Denied { permission: "contacts".into() });
}

#[tokio::test]
async fn an_event_without_a_conversation_has_no_timers() {
    let body = "(call $schedule.at (i32.const 1056) (i32.const 1) (i64.const 1800000000000)
        (i32.const 0) (i32.const 0) (i32.const 256))";
    let plugin = load(guest(&["schedule.at"], body)).await;
    let mut request = request();
    request.contact = None;
    request.event.body = Body::Schedule(Schedule { installation: "ins_1".into(), name: "morning".into() });
    let report = sandbox().run(&plugin, request, Box::new(Maps::default())).await;
    assert!(matches!(&report.refusals[0].1, Refusal::Invalid { field, .. } if field == "event"));
}

#[tokio::test]
async fn moments_beyond_the_year_9999_are_refused() {
    let body = "(call $schedule.at (i32.const 1056) (i32.const 1) (i64.const -1)
        (i32.const 0) (i32.const 0) (i32.const 256))";
    let report = run(guest(&["schedule.at"], body)).await;
    assert_eq!(report.effects, []);
    assert!(matches!(&report.refusals[0].1, Refusal::Invalid { field, .. } if field == "due"));
}

/// The guest sees the whole event as JSON, and the text where the contract says it is.
#[tokio::test]
async fn the_event_arrives() {
    let body = "
        (call $run.event-json (i32.const 256))
        (call $log.write (i32.const 2) (i32.load (i32.const 256)) (i32.load (i32.const 260)))
        ;; id, contact, and the text of the message
        (call $log.write (i32.const 2) (i32.load (local.get $event)) (i32.load offset=4 (local.get $event)))
        (call $log.write (i32.const 2) (i32.load offset=28 (local.get $event)) (i32.load offset=32 (local.get $event)))
        (call $log.write (i32.const 2) (i32.load offset=64 (local.get $event)) (i32.load offset=68 (local.get $event)))";
    let report = run(guest(&["run.event-json", "log.write"], body)).await;
    assert_eq!(report.outcome, Outcome::Done);
    let [json, id, contact, text] = texts(&report)[..] else { panic!("{:?}", report.log) };
    assert_eq!(serde_json::from_str::<ponte_model::Event>(json).unwrap(), request().event);
    assert_eq!((id, contact, text), ("wamid.1", "con_1", "olá"));
}
