//! Numbers come and go: messages wait, customers see no error. Requirements 1.1 (lifecycle) and 3.5.

use std::time::Duration;

use ponte_clock::Clock as _;
use ponte_model::Timestamp;
use ponte_policy::lifecycle::{AlertKind, Command, Life, Raised, Sending, State};
use ponte_runtime::{command_number, life_of};
use ponte_simulator::{BusinessPhone, Odds};
use ponte_store::{NumberConfig, NumberMode, SendState};
use ponte_tests::{NUMBER, OTHER_NUMBER, Stage, StageBuilder, WABA, guests};
use serde_json::json;

const ANA: &str = "5511911112222";
const DAY: Duration = Duration::from_secs(24 * 3600);
const HOUR: Duration = Duration::from_secs(3600);

async fn life(stage: &Stage) -> Life {
    let rows = stage.store().lives().await.unwrap();
    life_of(rows.iter().find(|row| row.number.as_str() == NUMBER).unwrap()).unwrap()
}

/// Waits until something is true of the number's life, and the pipeline's memory has it as well as the store.
async fn comes(stage: &Stage, what: &str, mut is_true: impl FnMut(&Life) -> bool) {
    let changed = async {
        while !is_true(&life(stage).await) || stage.runtime.waiting() > 0 {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), changed).await.unwrap_or_else(|_| panic!("it never came: {what}"));
}

async fn stands(stage: &Stage, state: State) {
    let now = stage.clock.now();
    comes(stage, state.as_str(), |life| life.state_at(now) == state).await;
}

/// A stage on which replies are queued and held back by Meta's pace.
async fn with_queue(lines: &[&str]) -> (Stage, BusinessPhone) {
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).start().await;
    let phone = stage.simulator.business_phone(NUMBER).unwrap();
    stage.simulator.faults(|plan| plan.sends.error = (Odds::Next(1), 130_429));
    for line in lines {
        stage.simulator.customer(ANA).writes(line).await;
    }
    let tried = async {
        while stage.sends().await.len() < lines.len() || stage.sends().await.last().unwrap().attempts == 0 {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), tried).await.unwrap();
    (stage, phone)
}

fn texts(stage: &Stage) -> Vec<String> {
    stage.simulator.customer(ANA).inbox().iter().map(|message| message.text.clone()).collect()
}

#[tokio::test]
async fn an_offboarded_number_keeps_its_messages_and_sends_them_once_and_in_order_when_it_is_back() {
    let (stage, phone) = with_queue(&["um", "dois", "três"]).await;
    phone.offboard().await;
    stands(&stage, State::Offboarded).await;
    stage.clock.advance(Duration::from_secs(600));
    assert_eq!(texts(&stage), [""; 0]);
    // A restart in the middle forgets nothing.
    let stage = stage.restart().await;
    assert_eq!(life(&stage).await.state_at(stage.clock.now()), State::Offboarded);
    assert!(stage.sends().await.iter().all(|row| row.state == SendState::Queued), "they wait");

    stage.simulator.business_phone(NUMBER).unwrap().reconnect().await;
    stands(&stage, State::Connected).await;
    stage.rest().await;
    assert_eq!(texts(&stage), ["um", "dois", "três"]);
    let steps: Vec<_> = life(&stage).await.transitions.iter().map(|step| step.what.clone()).collect();
    assert_eq!(steps, ["ACCOUNT_OFFBOARDED", "ACCOUNT_RECONNECTED"], "both are recorded");
    assert!(stage.sends().await.iter().all(|row| row.state != SendState::Failed));
}

#[tokio::test]
async fn a_number_removed_for_inactivity_keeps_its_queue_and_what_is_said_meanwhile() {
    let (stage, phone) = with_queue(&["um"]).await;
    phone.disconnect("PRIMARY_INACTIVITY").await;
    stands(&stage, State::PartnerRemoved).await;
    let why = life(&stage).await.why_at(stage.clock.now()).unwrap();
    assert!(why.contains("PRIMARY_INACTIVITY"), "{why}");
    stage.clock.advance(HOUR);
    assert_eq!(texts(&stage), [""; 0]);
    phone.reconnect().await;
    stands(&stage, State::Connected).await;
    stage.rest().await;
    assert_eq!(texts(&stage), ["um"]);
}

fn account_update(secs: i64, value: &serde_json::Value) -> String {
    json!({"object": "whatsapp_business_account", "entry": [
        {"id": WABA, "time": secs, "changes": [{"field": "account_update", "value": value}]}]})
    .to_string()
}

#[tokio::test]
async fn an_older_update_that_arrives_late_does_not_stop_the_number_again() {
    let stage = Stage::after_hours().start().await;
    let now = stage.clock.now().as_secs();
    assert_eq!(stage.post(&account_update(now, &json!({"event": "ACCOUNT_RECONNECTED"}))).await, 200);
    assert_eq!(stage.post(&account_update(now - 60, &json!({"event": "ACCOUNT_OFFBOARDED"}))).await, 200);
    stage.rest().await;
    assert_eq!(life(&stage).await.sending_at(stage.clock.now()), Sending::Free);
    stage.simulator.customer(ANA).writes("oi").await;
    stage.rest().await;
    assert_eq!(texts(&stage).len(), 1);
}

#[tokio::test]
async fn a_restriction_that_ends_by_a_date_lets_messages_go_by_itself() {
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).start().await;
    let now = stage.clock.now();
    let until = now.plus(HOUR).as_secs();
    let info = json!({"restriction_type": "RESTRICTED_CUSTOMER_INITIATED_MESSAGING", "expiration": until});
    let update = json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [info]});
    stage.post(&account_update(now.as_secs(), &update)).await;
    stands(&stage, State::Restricted).await;
    stage.simulator.customer(ANA).writes("oi").await;
    queued(&stage, 1).await;
    stage.clock.advance(HOUR - Duration::from_secs(120));
    assert_eq!(texts(&stage), [""; 0], "the flow's answer waits");
    stage.clock.advance(Duration::from_secs(121));
    stage.rest().await;
    assert_eq!(texts(&stage), ["oi"]);
}

/// Waits until so many messages are in the outbox.
async fn queued(stage: &Stage, count: usize) {
    let all = async {
        while stage.sends().await.len() < count {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), all).await.expect("the messages are queued");
}

async fn command(stage: &Stage, command: Command) {
    let done = command_number(&**stage.store(), &NUMBER.into(), &command, stage.clock.now()).await.unwrap();
    assert!(done.is_some());
    stage.runtime.reload().await.unwrap();
}

#[tokio::test]
async fn what_an_operator_pauses_waits_and_goes_once_when_it_is_resumed() {
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).start().await;
    command(&stage, Command::Pause { why: "stock-taking".into() }).await;
    for line in ["um", "dois"] {
        stage.simulator.customer(ANA).writes(line).await;
    }
    queued(&stage, 2).await;
    // A return of the link is not the operator's word.
    stage.simulator.business_phone(NUMBER).unwrap().reconnect().await;
    stands(&stage, State::Paused).await;
    assert_eq!(texts(&stage), [""; 0]);
    command(&stage, Command::Resume).await;
    stage.rest().await;
    assert_eq!(texts(&stage), ["um", "dois"]);
}

#[tokio::test]
async fn a_number_that_is_left_to_the_phone_records_and_says_nothing() {
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).start().await;
    command(&stage, Command::AppOnly(true)).await;
    stage.simulator.customer(ANA).writes("oi").await;
    stage.rest().await;
    assert_eq!(stage.last_rule(ANA).await, "app-only");
    command(&stage, Command::AppOnly(false)).await;
    stage.simulator.customer(ANA).writes("oi de novo").await;
    stage.rest().await;
    assert_eq!(texts(&stage), ["oi de novo"]);
}

fn quiet_days(raised: &[Raised]) -> Vec<u64> {
    let days = raised.iter().filter_map(|raised| match raised.alert.kind {
        AlertKind::PhoneQuiet { days } => Some(days),
        _ => None,
    });
    days.collect()
}

#[tokio::test]
async fn fourteen_quiet_days_bring_three_alerts_and_an_echo_resets_them() {
    let stage = Stage::after_hours().start().await;
    let phone = stage.simulator.business_phone(NUMBER).unwrap();
    phone.writes(ANA, "bom dia").await;
    stage.rest().await;
    let mut expected = Vec::new();
    for day in 1..=14 {
        stage.clock.advance(DAY);
        if [10, 12, 13].contains(&day) {
            expected.push(day);
            comes(&stage, "an alert", |life| quiet_days(&life.raised) == expected).await;
        }
        // Time for whatever should not come.
        ponte_clock::pause(Duration::from_millis(30)).await;
        assert_eq!(quiet_days(&life(&stage).await.raised), expected, "day {day}");
    }
    let open = async || {
        let rows = stage.store().notices(Timestamp::from_millis(i64::MAX)).await.unwrap();
        rows.into_iter().map(|row| row.key).filter(|key| key.contains(NUMBER)).collect::<Vec<_>>()
    };
    let keys = open().await;
    assert!(keys.len() == 1 && keys[0].contains("phone-quiet-13"), "the shop is told the last: {keys:?}");
    phone.writes(ANA, "voltei").await;
    stage.rest().await;
    stage.clock.advance(9 * DAY);
    ponte_clock::pause(Duration::from_millis(50)).await;
    assert_eq!(quiet_days(&life(&stage).await.raised), [10, 12, 13], "those of the former silence");
    assert_eq!(open().await, Vec::<String>::new(), "it is over");
    stage.clock.advance(DAY);
    comes(&stage, "the first of a new silence", |life| quiet_days(&life.raised) == [10]).await;
}

#[tokio::test]
async fn an_onboarding_without_data_is_told_after_twenty_hours() {
    let stage = Stage::after_hours().start().await;
    let now = stage.clock.now().as_secs();
    let update = json!({"event": "PARTNER_ADDED", "waba_info": {"waba_id": WABA, "owner_business_id": "1"}});
    stage.post(&account_update(now, &update)).await;
    stands(&stage, State::Onboarding).await;
    stage.clock.advance(19 * HOUR);
    ponte_clock::pause(Duration::from_millis(50)).await;
    assert_eq!(life(&stage).await.raised, []);
    stage.clock.advance(HOUR);
    let told = |life: &Life| life.raised.iter().any(|raised| raised.alert.kind == AlertKind::SyncMissing);
    comes(&stage, "the alarm", told).await;
}

#[tokio::test]
async fn an_echo_blind_number_answers_after_a_silence_or_outside_business_hours() {
    let open = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).start().await;
    echo_blind(&open).await;
    open.simulator.customer(ANA).writes("oi").await;
    queued(&open, 1).await;
    open.clock.advance(Duration::from_secs(14 * 60));
    ponte_clock::pause(Duration::from_millis(50)).await;
    assert_eq!(texts(&open), [""; 0], "somebody may be answering on the phone");
    let reason = open.sends().await.remove(0).reason.unwrap_or_default();
    assert!(reason.contains("(rule: echo-blind)"), "{reason}");
    open.clock.advance(Duration::from_secs(61));
    let answered = async {
        while texts(&open) != ["oi"] {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), answered).await.expect("nobody answered, so the flow does");

    let closed = Stage::after_hours().start().await;
    echo_blind(&closed).await;
    closed.simulator.customer(ANA).writes("oi").await;
    closed.rest().await;
    assert_eq!(texts(&closed).len(), 1, "at night nobody sits at the phone");
}

async fn echo_blind(stage: &Stage) {
    for mut row in stage.store().numbers().await.unwrap() {
        let profile = "zenvia-like".to_owned();
        row.config = NumberConfig { profile, ..NumberConfig::new(NumberMode::Coexistence, 1_000) };
        stage.store().put_number(&row, Timestamp::EPOCH).await.unwrap();
    }
    stage.runtime.reload().await.unwrap();
}

#[tokio::test]
async fn a_ban_is_of_the_account_and_a_named_removal_of_one_number() {
    let stage = Stage::after_hours().start().await;
    let states = async || {
        let rows = stage.store().lives().await.unwrap();
        let state = |id: &str| {
            let row = rows.iter().find(|row| row.number.as_str() == id).unwrap();
            life_of(row).unwrap().state_at(stage.clock.now())
        };
        (state(NUMBER), state(OTHER_NUMBER))
    };
    stage.simulator.business_phone(NUMBER).unwrap().disconnect("CHANGE_NUMBER").await;
    stage.rest().await;
    assert_eq!(states().await, (State::PartnerRemoved, State::Connected));
    let ban = json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}});
    stage.post(&account_update(stage.clock.now().as_secs(), &ban)).await;
    stage.rest().await;
    assert_eq!(states().await, (State::Locked, State::Locked));
}

fn system(to: &str, user_id: Option<&str>, secs: i64) -> serde_json::Value {
    let mut system = json!({"type": "user_changed_number", "wa_id": to, "body": "the number changed"});
    if let Some(user_id) = user_id {
        system["user_id"] = json!(user_id);
    }
    json!({"from": ANA, "id": format!("wamid.change-{to}"), "timestamp": secs.to_string(), "type": "system",
        "system": system})
}

fn text(from: &str, id: &str, secs: i64) -> serde_json::Value {
    json!({"from": from, "id": id, "timestamp": secs.to_string(), "type": "text", "text": {"body": "oi"}})
}

fn messages(items: &[serde_json::Value]) -> String {
    json!({"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "5511955550100", "phone_number_id": NUMBER},
        "messages": items}}]}]})
    .to_string()
}

const NEW: &str = "5511977770000";

#[tokio::test]
async fn who_changes_their_number_keeps_window_and_owner_even_within_one_batch() {
    let stage = Stage::after_hours().start().await;
    stage.simulator.customer(ANA).writes("oi").await;
    stage.simulator.business_phone(NUMBER).unwrap().writes(ANA, "deixa comigo").await;
    stage.rest().await;
    let before = stage.conversation(ANA).await;
    let replies = texts(&stage).len();

    // The change and a message under the new number come together.
    let now = stage.clock.now().as_secs();
    let batch = [system(NEW, None, now), text(NEW, "wamid.after", now)];
    assert_eq!(stage.post(&messages(&batch)).await, 200);
    stage.rest().await;
    assert_eq!(stage.conversation(NEW).await, before, "one person, one conversation");
    assert_eq!(stage.last_rule(NEW).await, "owned-by-app");
    assert_eq!(texts(&stage).len(), replies, "the phone speaks");
    // With the number the BSUID changed too: still the same person.
    let known = json!({"profile": {"name": "Ana"}, "wa_id": NEW, "user_id": "BR.999"});
    let mut body: serde_json::Value = serde_json::from_str(&messages(&[text(NEW, "wamid.later", now)])).unwrap();
    body["entry"][0]["changes"][0]["value"]["contacts"] = json!([known]);
    stage.post(&body.to_string()).await;
    stage.rest().await;
    assert_eq!(stage.conversation(NEW).await, before);
    // A redelivery changes nothing.
    stage.post(&messages(&[system(NEW, None, now)])).await;
    stage.rest().await;
    let contact = stage.store().contact(&before.contact).await.unwrap().unwrap();
    assert_eq!(contact.phone.as_ref().map(|phone| phone.as_str()), Some(NEW));
    assert_eq!(contact.user_id.as_ref().map(|id| id.as_str()), Some("BR.999"));
}

#[tokio::test]
async fn who_was_seen_under_the_new_number_first_is_the_same_person_and_the_phone_keeps_the_chat() {
    let stage = Stage::after_hours().start().await;
    stage.simulator.customer(ANA).writes("oi").await;
    stage.rest().await;
    let before = stage.conversation(ANA).await;
    let now = stage.clock.now().as_secs();
    // The owner answered under the new number before Meta told of the change.
    stage.post(&messages(&[text(NEW, "wamid.early", now)])).await;
    stage.simulator.business_phone(NUMBER).unwrap().writes(NEW, "oi, Ana").await;
    stage.rest().await;
    assert_ne!(stage.conversation(NEW).await, before, "nobody could know");
    stage.post(&messages(&[system(NEW, None, now - 60)])).await;
    stage.rest().await;
    assert_eq!(stage.conversation(NEW).await, before);
    stage.post(&messages(&[text(NEW, "wamid.again", now)])).await;
    stage.rest().await;
    assert_eq!(stage.last_rule(NEW).await, "owned-by-app", "the owner of either chat is the owner of both");
}

#[tokio::test]
async fn a_number_that_was_somebody_elses_brings_nothing_of_their_chat() {
    let stage = Stage::after_hours().start().await;
    stage.simulator.customer(ANA).writes("oi").await;
    stage.simulator.customer(NEW).writes("sou outra pessoa").await;
    stage.simulator.business_phone(NUMBER).unwrap().writes(NEW, "olá").await;
    stage.rest().await;
    let other = stage.conversation(NEW).await;
    stage.clock.advance(HOUR);
    let now = stage.clock.now().as_secs();
    stage.post(&messages(&[system(NEW, Some("BR.777"), now)])).await;
    stage.rest().await;
    assert_eq!(stage.conversation(NEW).await, stage.conversation(ANA).await, "the number is Ana's now");
    assert_ne!(stage.conversation(NEW).await, other);
    assert_eq!(stage.store().absorbed(&stage.conversation(ANA).await.contact).await.unwrap(), []);
}

#[tokio::test]
async fn a_number_that_a_person_typed_finds_whom_the_platform_knows() {
    // Requirements 2.26: Brazilian numbers with 8 or 9 digits are one.
    let stage = Stage::after_hours().start().await;
    stage.post(&messages(&[text("558598765432", "wamid.old", stage.clock.now().as_secs())])).await;
    stage.rest().await;
    let known = stage.conversation("558598765432").await;
    let typed = ponte_model::Phone::typed("(85) 9 9876-5432", Some("55")).unwrap();
    assert_eq!(typed.as_str(), "5585998765432");
    assert_eq!(stage.conversation(typed.as_str()).await, known);
}
