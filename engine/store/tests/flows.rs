//! How installations stand, what was submitted for them, and what the shop is told.

mod common;

use std::time::Duration;

use common::{NUMBER, at, new_send, open, text};
use ponte_model::send::{Outbound, Payload, Recipient, Template};
use ponte_model::{Contact, ConversationId};
use ponte_store::{
    BeginSend, Finish, InstallationState, Leave, NoticeRow, NumberConfig, NumberMode, NumberRow, OutboxItem,
    SendOutcome, Settle, Store as _, SubmissionOutcome, TemplateUseRow,
};
use serde_json::json;

#[tokio::test]
async fn who_writes_how_a_flow_stands_must_have_read_the_last_word() {
    let (_dir, store) = open().await;
    let id = "menu".into();
    let version = store.registry_version().await.unwrap();
    let put = async |life, revision| {
        store.put_installation_life(&id, &life, InstallationState::Paused, revision).await.unwrap()
    };
    assert!(put(json!({"a": 1}), 0).await);
    assert!(!put(json!({"a": 2}), 0).await, "somebody was quicker");
    assert!(put(json!({"a": 3}), 1).await);
    let rows = store.installation_lives().await.unwrap();
    assert_eq!((rows.len(), rows[0].revision, &rows[0].life), (1, 2, &json!({"a": 3})));
    assert!(store.registry_version().await.unwrap() > version, "a running pipeline notices");
    store.remove_installation(&id).await.unwrap();
    assert!(store.installation_lives().await.unwrap().is_empty());
}

#[tokio::test]
async fn one_submits_a_template_and_a_claim_that_nobody_settled_lapses() {
    let (_dir, store) = open().await;
    let waba = "1".into();
    let template = (&waba, "order", "pt_BR");
    let lapse = Duration::from_secs(600);
    let claim = async |secs, again| store.claim_submission(template, at(secs), lapse, again).await.unwrap();
    assert!(claim(0, false).await);
    assert!(!claim(1, false).await && !claim(1, true).await, "it is under way");
    assert!(claim(600_000, false).await, "the process that claimed it has ended");
    store.settle_submission(template, Some(&SubmissionOutcome::Refused { why: "no".into() })).await.unwrap();
    assert!(!claim(9_000_000, false).await, "it would be refused again");
    assert_eq!(store.submissions().await.unwrap()[0].outcome, Some(SubmissionOutcome::Refused { why: "no".into() }));
    assert!(claim(9_000_001, true).await, "somebody asked for it");
    store.settle_submission(template, None).await.unwrap();
    assert!(claim(9_000_002, false).await, "it never left");
    store.settle_submission(template, Some(&SubmissionOutcome::Submitted)).await.unwrap();
    assert_eq!(store.submissions().await.unwrap()[0].outcome, Some(SubmissionOutcome::Submitted));
}

fn notice(key: &str, since: i64) -> NoticeRow {
    NoticeRow {
        seq: 0,
        key: key.to_owned(),
        tenant: "shop".into(),
        kind: "test".to_owned(),
        words: json!({"what": key}),
        since: at(since),
        until: None,
        closed_at: None,
    }
}

#[tokio::test]
async fn a_notice_is_told_once_closed_when_its_reason_is_gone_and_may_come_again() {
    let (_dir, store) = open().await;
    let keys = async || {
        let rows = store.notices(at(1_000_000)).await.unwrap();
        rows.into_iter().map(|row| row.key).collect::<Vec<_>>()
    };
    let both = [notice("flow/a", 1), notice("flow/b", 1)];
    assert_eq!(store.tell(Some("flow/"), &both, at(1)).await.unwrap(), 2);
    assert_eq!(store.tell(Some("flow/"), &both, at(2)).await.unwrap(), 0, "said once");
    assert_eq!(store.tell(None, &[notice("budget/x", 2)], at(2)).await.unwrap(), 1);
    assert_eq!(store.tell(Some("flow/"), &both[..1], at(3)).await.unwrap(), 0);
    assert_eq!(keys().await, ["flow/a", "budget/x"]);
    assert_eq!(store.notices(at(0)).await.unwrap().len(), 3, "what is over can be looked up");
    assert_eq!(store.tell(Some("flow/"), &both, at(4)).await.unwrap(), 1, "it came again");
    let news = NoticeRow { closed_at: Some(at(5)), ..notice("live/a/5", 5) };
    assert_eq!(store.tell(None, std::slice::from_ref(&news), at(5)).await.unwrap(), 1);
    assert_eq!(store.tell(None, &[news], at(6)).await.unwrap(), 0, "news is news once");
    let budget = store.notices(at(1_000_000)).await.unwrap().iter().find(|row| row.key == "budget/x").unwrap().seq;
    assert_eq!(store.close_notices(&[budget], at(7)).await.unwrap(), 1);
    assert_eq!(keys().await, ["flow/a", "flow/b"]);
}

#[tokio::test]
async fn how_much_a_template_was_sent_outlives_the_outbox() {
    let (_dir, store) = open().await;
    let number = NumberRow {
        id: NUMBER.into(),
        tenant: "shop".into(),
        waba_id: Some("1".into()),
        display_phone: None,
        config: NumberConfig::new(NumberMode::Coexistence, 5),
    };
    store.put_number(&number, at(0)).await.unwrap();
    let send = async |key: &str, moment| {
        let stored = store.ingest(vec![text(key, Contact::by_phone("5511"))], at(0)).await.unwrap().remove(0);
        let conversation = ConversationId { number: NUMBER.into(), contact: stored.contact.unwrap() };
        let mut new = new_send(key, &conversation);
        let template = Template { name: "order".into(), language: "es".into(), components: vec![] };
        let message =
            Outbound { to: Recipient::Phone("5511".into()), reply_to: None, payload: Payload::Template(template) };
        new.item = OutboxItem::Message { message: Box::new(message) };
        store.finish(Finish { seq: stored.seq.unwrap(), sends: vec![new], ..Finish::default() }).await.unwrap();
        let leave = Leave { echo_seq: 0, yields_to_echo: false, consent: None, initiates: false, at: at(moment) };
        store.begin_send(BeginSend { id: key.into(), leave, charge: None }).await.unwrap();
        let outcome = SendOutcome::Failed { code: None, reason: "x".into() };
        store.settle_send(Settle { id: key.into(), outcome, at: at(moment), consent: None }).await.unwrap();
    };
    send("a", 1).await;
    send("b", 2).await;
    let uses = async || store.template_uses().await.unwrap();
    let expected =
        |sent, moment| vec![TemplateUseRow { waba: "1".into(), name: "order".into(), sent, last_at: at(moment) }];
    assert_eq!(uses().await, expected(2, 2));
    assert_eq!(store.purge(at(100), at(100)).await.unwrap().outbox, 2);
    assert_eq!(uses().await, expected(2, 2), "the rows are gone");
    send("c", 3).await;
    assert_eq!(uses().await, expected(3, 3));
    assert_eq!(store.purge(at(100), at(100)).await.unwrap().outbox, 1);
    assert_eq!(uses().await, expected(3, 3));
    // Queued long ago, and let out lately: it counts against limits, and a status may come.
    send("d", 500).await;
    assert_eq!(store.purge(at(100), at(500)).await.unwrap().outbox, 0);
    assert_eq!(store.left_since(at(400), None).await.unwrap().len(), 1);
}
