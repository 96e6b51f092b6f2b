//! The outbox under load and under doubt: codes before campaigns, ceilings, machines that answer, windows that close.

use std::time::Duration;

use ponte_model::consent::Category;
use ponte_model::send::{Outbound, Payload, Recipient, Template as Filled};
use ponte_model::{ContactId, ConversationId, SendId, WhenClosed};
use ponte_policy::lifecycle::{Command, UNLIMITED_REACH};
use ponte_policy::pacing::{Ceiling, Lane};
use ponte_policy::{Facts, platform};
use ponte_runtime::command_number;
use ponte_simulator::{Odds, Template};
use ponte_store::{Finish, NewSend, OutboxItem, SendRow, SendState};
use ponte_tests::{NUMBER, OTHER_NUMBER, Stage, StageBuilder, WABA, guests};
use serde_json::json;

const ANA: &str = "5511911112222";
const BIA: &str = "5511933334444";
const HOUR: Duration = Duration::from_secs(3600);

/// Waits until something holds that the pipeline brings about by itself.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let held = async {
        while !holds().await {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(40), held).await.unwrap_or_else(|_| panic!("it took too long: {what}"));
}

fn heard(stage: &Stage, phone: &str) -> Vec<String> {
    stage.simulator.customer(phone).inbox().iter().map(|message| message.text.clone()).collect()
}

/// The rows with a kind of message, oldest first.
async fn rows(stage: &Stage, kind: &str) -> Vec<SendRow> {
    stage.sends().await.into_iter().rev().filter(|row| row.kind == kind).collect()
}

async fn facts(stage: &Stage, phone: &str) -> Facts {
    let id = stage.conversation(phone).await;
    serde_json::from_value(stage.store().conversation(&id).await.unwrap().facts).unwrap()
}

async fn command(stage: &Stage, command: Command) {
    command_number(&**stage.store(), &NUMBER.into(), &command, stage.runtime.now()).await.unwrap().unwrap();
    stage.runtime.reload().await.unwrap();
}

/// A template to somebody, as a campaign queues it.
fn offer(stage: &Stage, id: &str, contact: ContactId, phone: &str) -> NewSend {
    let payload = Payload::Template(Filled::positional("t_oferta", "pt_BR", Vec::<String>::new()));
    let message = Box::new(Outbound { to: Recipient::Phone(phone.into()), reply_to: None, payload });
    NewSend {
        id: SendId::new(id),
        conversation: ConversationId { number: NUMBER.into(), contact },
        installation: None,
        run: Some("campaign".into()),
        item: OutboxItem::Message { message },
        expires_at: None,
        lane: Lane::Marketing.index() as i64,
        when_closed: WhenClosed::Refuse,
        at: stage.runtime.now(),
        leave: None,
        charge: None,
    }
}

/// Queues messages behind the pipeline's back: it finds them when it starts anew.
async fn queue(stage: &Stage, sends: Vec<NewSend>) {
    stage.simulator.customer(BIA).writes("oi").await;
    stage.rest().await;
    let seq =
        stage.store().past_events(&"shop".into(), ponte_model::Timestamp::EPOCH, 0, 10).await.unwrap()[0].pending.seq;
    stage.store().finish(Finish { seq, sends, ..Finish::default() }).await.unwrap();
}

/// So many templates to as many people.
async fn campaign(stage: &Stage, people: u32) {
    let sends = (0..people).map(|person| {
        let phone = format!("55119{person:08}");
        offer(stage, &format!("campaign-{person:05}"), format!("c-{person:05}").into(), &phone)
    });
    queue(stage, sends.collect()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_of_ten_thousand_in_the_store_does_not_keep_a_code_waiting() {
    let stage = StageBuilder::default()
        .guest("templates", &guests::templating(), NUMBER)
        .without_account()
        .own_throughput(20)
        .daily_reach(UNLIMITED_REACH)
        .settings(|settings| settings.template_categories = [("t_codigo".into(), Category::Authentication)].into())
        .start()
        .await;
    for (name, text) in [("t_oferta", "Oferta!"), ("t_codigo", "Seu código chegou.")] {
        stage.simulator.put_template(WABA, Template::approved(name, "pt_BR", "UTILITY", text));
    }
    campaign(&stage, 10_000).await;
    let before = stage.simulator.counts().sends;
    let stage = stage.restart().await;
    until("the campaign begins", async || stage.simulator.counts().sends >= before + 20).await;

    stage.simulator.customer(ANA).writes("t_codigo").await;
    until("the code arrives", async || !heard(&stage, ANA).is_empty()).await;
    assert_eq!(heard(&stage, ANA), ["Seu código chegou."]);
    let left = stage.simulator.counts().sends - before;
    assert!(left < 400, "{left} went first");
    let queued = stage.store().backlog().await.unwrap().queued;
    assert!(queued > 9_000, "{queued} wait");
    // Nobody starves: the campaign goes on.
    until("the campaign goes on", async || stage.simulator.counts().sends > before + left + 20).await;
}

#[tokio::test]
async fn a_ceiling_holds_what_is_over_it_in_order_and_over_a_restart() {
    let stage = StageBuilder::default()
        .guest("echo", &guests::echoing(), NUMBER)
        .settings(|settings| settings.ceilings.flow = Ceiling { hour: Some(2), day: None })
        .start()
        .await;
    for text in ["um", "dois", "três"] {
        stage.simulator.customer(ANA).writes(text).await;
        stage.rest().await;
    }
    assert_eq!(heard(&stage, ANA), ["um", "dois"]);
    let third = rows(&stage, "text").await.remove(2);
    let why = third.reason.as_deref().unwrap_or_default();
    assert_eq!(third.state, SendState::Queued, "held, never refused");
    assert!(why.contains("2 messages in an hour") && why.ends_with("(rule: flow-ceiling)"), "{why}");

    let stage = stage.restart().await;
    stage.simulator.customer(BIA).writes("quatro").await;
    stage.rest().await;
    assert!(heard(&stage, BIA).is_empty(), "what left before the restart counts");
    stage.clock.advance(HOUR);
    until("both leave", async || heard(&stage, BIA).len() + heard(&stage, ANA).len() == 4).await;
    assert_eq!(heard(&stage, ANA), ["um", "dois", "três"]);
}

#[tokio::test]
async fn a_flows_own_manifest_is_a_ceiling_and_what_failed_does_not_count() {
    let ceiling = "[send.ceiling]\nhour = 1\n";
    let stage = StageBuilder::default().guest_with("echo", &guests::echoing(), NUMBER, "skip", ceiling).start().await;
    for text in ["um", "dois"] {
        stage.simulator.customer(ANA).writes(text).await;
        stage.rest().await;
    }
    assert_eq!(heard(&stage, ANA), ["um"]);
    stage.simulator.faults(|plan| plan.sends.error = (Odds::Next(1), 131_026));
    stage.clock.advance(HOUR);
    until("it fails", async || rows(&stage, "text").await[1].state == SendState::Failed).await;
    // The place that it took is given back.
    stage.simulator.customer(ANA).writes("três").await;
    stage.rest().await;
    assert_eq!(heard(&stage, ANA), ["um", "três"]);
    stage.simulator.customer(ANA).writes("quatro").await;
    stage.rest().await;
    assert_eq!(heard(&stage, ANA), ["um", "três"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_young_number_begins_slowly() {
    let stage = StageBuilder::default()
        .guest("echo", &guests::echoing(), NUMBER)
        .without_account()
        .daily_reach(UNLIMITED_REACH)
        .settings(|settings| settings.ceilings.warm_up = true)
        .start()
        .await;
    stage.simulator.put_template(WABA, Template::approved("t_oferta", "pt_BR", "UTILITY", "Oferta!"));
    campaign(&stage, 60).await;
    let stage = stage.restart().await;
    let left =
        async |stage: &Stage| rows(stage, "template").await.iter().filter(|row| row.state != SendState::Queued).count();
    until("as many as the plan says leave", async || left(&stage).await == 50).await;
    until("the others are held", async || {
        rows(&stage, "template").await.iter().all(|row| {
            row.state != SendState::Queued || row.reason.as_deref().is_some_and(|why| why.ends_with("(rule: warm-up)"))
        })
    })
    .await;
    // Some hours later, and after another restart, that is so still; the next day the others leave.
    let stage = stage.restart().await;
    stage.clock.advance(12 * HOUR);
    stage.rest().await;
    assert_eq!(left(&stage).await, 50);
    stage.clock.advance(13 * HOUR);
    until("the others leave", async || left(&stage).await == 60).await;
}

#[tokio::test]
async fn a_place_of_the_tier_is_free_again_where_the_message_failed() {
    let stage = StageBuilder::default()
        .guest("echo", &guests::echoing(), NUMBER)
        .without_account()
        .daily_reach(1)
        .own_throughput(1)
        .start()
        .await;
    stage.simulator.put_template(WABA, Template::approved("t_oferta", "pt_BR", "UTILITY", "Oferta!"));
    campaign(&stage, 3).await;
    stage.simulator.faults(|plan| plan.sends.error = (Odds::Next(1), 131_026));
    let stage = stage.restart().await;
    let states = async || rows(&stage, "template").await.into_iter().map(|row| row.state).collect::<Vec<_>>();
    until("the first fails, and the second has its place", async || {
        let states = states().await;
        states[0] == SendState::Failed && !matches!(states[1], SendState::Queued | SendState::Sending)
    })
    .await;
    until("the third waits", async || rows(&stage, "template").await[2].reason.is_some()).await;
    assert!(rows(&stage, "template").await[2].reason.as_deref().unwrap().ends_with("(rule: reach)"));
}

#[tokio::test]
async fn a_template_inside_the_window_takes_no_place_of_the_tier_after_a_restart_either() {
    const CLEO: &str = "5511955556666";
    let stage = StageBuilder::default()
        .guest("echo", &guests::echoing(), NUMBER)
        .without_account()
        .daily_reach(1)
        .start()
        .await;
    stage.simulator.put_template(WABA, Template::approved("t_oferta", "pt_BR", "UTILITY", "Oferta!"));
    for phone in [ANA, CLEO] {
        stage.simulator.customer(phone).writes("oi").await;
        stage.rest().await;
    }
    let (ana, cleo) = (stage.conversation(ANA).await.contact, stage.conversation(CLEO).await.contact);

    // Ana's window is open still.
    stage.clock.advance(23 * HOUR);
    queue(&stage, vec![offer(&stage, "inside", ana.clone(), ANA)]).await;
    let stage = stage.restart().await;
    until("it leaves", async || heard(&stage, ANA).len() == 2).await;

    // Two hours later both windows are closed, and one of the two may be written to; then it is the other's turn to wait.
    stage.clock.advance(2 * HOUR);
    queue(&stage, vec![offer(&stage, "outside", cleo, CLEO)]).await;
    let stage = stage.restart().await;
    until("the place is free", async || heard(&stage, CLEO).len() == 2).await;
    queue(&stage, vec![offer(&stage, "too-many", ana, ANA)]).await;
    let stage = stage.restart().await;
    until("it is held", async || {
        let waiting = rows(&stage, "template").await.pop().and_then(|row| row.reason);
        waiting.is_some_and(|why| why.ends_with("(rule: reach)"))
    })
    .await;
    assert_eq!(heard(&stage, ANA).len(), 2);
}

#[tokio::test]
async fn a_machine_that_always_answers_is_answered_no_more_and_people_take_over() {
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).start().await;
    let bot = stage.simulator.customer(ANA);
    bot.writes("Olá! Esta é uma resposta automática. Em breve respondemos.").await;
    stage.rest().await;
    let mut answered = 0;
    for _ in 0..40 {
        let now = heard(&stage, ANA).len();
        if now == answered {
            break;
        }
        answered = now;
        bot.writes("Olá! Esta é uma resposta automática. Em breve respondemos.").await;
        stage.rest().await;
    }
    assert_eq!(answered, 10, "that many turns and no more");
    assert_eq!(stage.last_rule(ANA).await, "loop");
    let known = facts(&stage, ANA).await;
    assert_eq!(known.ownership.owner, ponte_model::Owner::App);
    let since = known.turns.broken_at.expect("it is remembered");

    // It goes on and on; automation stays silent, also after people have let go.
    for _ in 0..30 {
        stage.clock.advance(HOUR / 2);
        bot.writes("Olá! Esta é uma resposta automática. Em breve respondemos.").await;
        stage.rest().await;
    }
    assert_eq!(heard(&stage, ANA).len(), answered);
    let refused = &stage.store().runs(1).await.unwrap()[0].report["refusals"][0]["refusal"];
    assert!(refused["why"].as_str().unwrap().contains(&since.to_string()), "{refused}");
    // After a long pause somebody may be there.
    stage.clock.advance(2 * HOUR);
    bot.writes("Alguém aí?").await;
    stage.rest().await;
    assert_eq!(heard(&stage, ANA).last().unwrap(), "Alguém aí?");
}

#[tokio::test]
async fn a_person_who_writes_like_one_is_never_taken_for_a_machine() {
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).start().await;
    for turn in 0..30 {
        stage.simulator.customer(ANA).writes(["sim", "1", "quero o azul", "2"][turn % 4]).await;
        stage.rest().await;
        stage.clock.advance(Duration::from_secs(6));
    }
    assert_eq!(heard(&stage, ANA).len(), 30);
}

#[tokio::test]
async fn what_the_platform_asked_to_wait_for_is_waited_for_after_a_restart_too() {
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).start().await;
    stage.simulator.faults(|plan| plan.sends.error = (Odds::Next(1), 80_007));
    stage.simulator.customer(ANA).writes("um").await;
    until("it was tried", async || {
        stage.sends().await.first().is_some_and(|row| row.attempts > 0 && row.code.is_some())
    })
    .await;
    let stage = stage.restart().await;
    stage.simulator.customer(BIA).writes("dois").await;
    until("it is queued", async || stage.sends().await.len() == 2).await;
    ponte_clock::pause(Duration::from_millis(300)).await;
    assert!(heard(&stage, BIA).is_empty(), "the whole number pauses");
    stage.clock.advance(Duration::from_secs(61));
    until("both leave", async || heard(&stage, ANA).len() + heard(&stage, BIA).len() == 2).await;
    stage.rest().await;
    assert!(stage.sends().await.iter().all(|row| row.code.is_none()), "what was overcome is not told any more");
}

#[tokio::test]
async fn who_gets_enough_marketing_is_left_alone_for_a_day_and_orders_still_reach_them() {
    let stage = StageBuilder::default()
        .guest("templates", &guests::templating(), NUMBER)
        .at(ponte_model::Timestamp::from_secs(1_795_446_000))
        .settings(|settings| {
            settings.template_categories =
                [("t_oferta".into(), Category::Marketing), ("t_pedido".into(), Category::Utility)].into();
        })
        .start()
        .await;
    for name in ["t_oferta", "t_pedido"] {
        let category = if name == "t_oferta" { "MARKETING" } else { "UTILITY" };
        stage.simulator.put_template(WABA, Template::approved(name, "pt_BR", category, "Oi!"));
    }
    stage.runtime.sync_templates().await;
    let contact = stage.store().meet(&"shop".into(), &ANA.into(), stage.runtime.now()).await.unwrap();
    let statement = ponte_model::consent::Statement {
        key: "form".into(),
        purpose: ponte_model::consent::Purpose::Marketing,
        change: ponte_model::consent::Change::Given,
        source: ponte_model::consent::Source::Operator,
        text: None,
        version: None,
        at: stage.runtime.now(),
    };
    stage.store().add_consent(vec![ponte_model::consent::Entry { contact, statement }]).await.unwrap();
    stage.runtime.reload().await.unwrap();

    stage.simulator.faults(|plan| plan.sends.error = (Odds::Next(1), 131_049));
    stage.simulator.customer(ANA).writes("t_oferta").await;
    stage.rest().await;
    assert_eq!(rows(&stage, "template").await[0].code, Some(131_049));
    let stage = stage.restart().await;
    stage.simulator.customer(ANA).writes("t_oferta").await;
    stage.simulator.customer(ANA).writes("t_pedido").await;
    stage.rest().await;
    let rows = rows(&stage, "template").await;
    let why = rows[1].reason.as_deref().unwrap_or_default();
    assert!(rows[1].state == SendState::Queued && why.ends_with("(rule: per-user-limit)"), "{why}");
    assert_eq!(heard(&stage, ANA).len(), 1, "the order");
    stage.clock.advance(25 * HOUR);
    until("the offer leaves", async || heard(&stage, ANA).len() == 2).await;
}

/// A flow that says "lembrete" a day and an hour after what the customer writes, with more of a manifest.
async fn reminding(more: &str) -> Stage {
    let stage = StageBuilder::default().guest_with("insist", &guests::insisting(), NUMBER, "skip", more).start().await;
    stage.simulator.put_template(WABA, Template::approved("volte", "pt_BR", "UTILITY", "Ainda quer falar? {{1}}"));
    stage.runtime.sync_templates().await;
    // 25 letters, 25 hours.
    stage.simulator.customer(ANA).writes("quero o tenis azul agora!").await;
    stage.rest().await;
    stage.clock.advance(25 * HOUR + Duration::from_secs(60));
    until("the timer fired", async || stage.store().runs(9).await.unwrap().len() == 2).await;
    stage.rest().await;
    stage
}

#[tokio::test]
async fn without_a_choice_a_flow_is_refused_where_the_window_is_closed() {
    let stage = reminding("").await;
    let run = &stage.store().runs(1).await.unwrap()[0];
    assert_eq!(run.report["refusals"][0]["refusal"]["reason"], "window-closed");
    assert_eq!(rows(&stage, "text").await.len(), 1);
}

#[tokio::test]
async fn a_message_that_is_held_for_the_window_leaves_before_the_answer_to_what_opens_it() {
    let stage = reminding("[send]\nwhen_closed = \"hold\"\n").await;
    let row = rows(&stage, "text").await.remove(1);
    let why = row.reason.as_deref().unwrap_or_default();
    assert!(row.state == SendState::Queued && why.ends_with("(rule: window)"), "{row:?}");
    let stage = stage.restart().await;
    stage.simulator.customer(ANA).writes("oi").await;
    until("all of it leaves", async || heard(&stage, ANA).len() == 3).await;
    assert_eq!(heard(&stage, ANA)[1..], ["lembrete", "oi"]);
    assert!(stage.simulator.refusals().is_empty());
}

#[tokio::test]
async fn a_message_that_is_held_in_vain_expires_and_says_why_it_waited() {
    let stage = reminding("[send]\nwhen_closed = \"hold\"\n").await.restart().await;
    stage.clock.advance(platform::HOLD_MOST);
    until("it expires", async || rows(&stage, "text").await[1].state == SendState::Expired).await;
    assert!(rows(&stage, "text").await[1].reason.as_deref().unwrap().contains("when the customer writes again"));
}

#[tokio::test]
async fn a_message_that_is_dropped_says_so() {
    let stage = reminding("[send]\nwhen_closed = \"drop\"\n").await;
    let row = rows(&stage, "text").await.remove(1);
    let why = row.reason.as_deref().unwrap_or_default();
    assert!(row.state == SendState::Refused && why.starts_with("dropped: ") && why.contains("window"), "{row:?}");
}

#[tokio::test]
async fn a_message_that_found_the_window_closed_brings_people_in() {
    let stage = reminding("[send]\nwhen_closed = \"hand-off\"\n").await;
    let row = rows(&stage, "text").await.remove(1);
    assert!(row.reason.as_deref().is_some_and(|why| why.starts_with("handed-off: ")), "{row:?}");
    assert_eq!(stage.last_rule(ANA).await, "window-closed");
    assert_eq!(facts(&stage, ANA).await.ownership.owner, ponte_model::Owner::App);
    let decisions = stage.store().decisions(&stage.conversation(ANA).await, 1).await.unwrap();
    assert!(decisions[0].why.as_deref().unwrap().contains("insist"), "{decisions:?}");
}

#[tokio::test]
async fn a_template_goes_in_the_place_of_a_message_that_found_the_window_closed() {
    let more = "[send]\nwhen_closed = \"template\"\n[send.closed_template]\nname = \"volte\"\nlanguage = \"pt_BR\"\n\
                params = [\"Era isto: {text}\"]\n";
    let stage = reminding(more).await;
    until("it leaves", async || heard(&stage, ANA).len() == 2).await;
    assert_eq!(heard(&stage, ANA)[1], "Ainda quer falar? Era isto: lembrete");
    let templates = rows(&stage, "template").await;
    assert_eq!(templates.len(), 1);
    assert!(stage.simulator.refusals().is_empty());
}

#[tokio::test]
async fn a_run_chooses_for_a_message_of_its_own() {
    let stage = StageBuilder::default()
        .guest_with("hold", &guests::keeping(), NUMBER, "skip", "[send]\nwhen_closed = \"drop\"\n")
        .start()
        .await;
    command(&stage, Command::Pause { why: "a test".into() }).await;
    stage.simulator.customer(ANA).writes("um").await;
    until("it is queued", async || !stage.sends().await.is_empty()).await;
    stage.clock.advance(25 * HOUR);
    command(&stage, Command::Resume).await;
    until("it is held", async || stage.sends().await[0].reason.is_some()).await;
    assert!(stage.sends().await[0].reason.as_deref().unwrap().starts_with("held: "));
    stage.simulator.customer(ANA).writes("dois").await;
    until("both leave", async || heard(&stage, ANA).len() == 2).await;
    assert_eq!(heard(&stage, ANA), ["um", "dois"]);
}

#[tokio::test]
async fn the_platforms_word_on_how_much_a_number_may_send_is_followed() {
    let stage = StageBuilder::default().start().await;
    let reach = async |number: &str| {
        let numbers = stage.store().numbers().await.unwrap();
        numbers.into_iter().find(|row| row.id == number.into()).unwrap().config.daily_reach
    };
    let value = json!({"max_daily_conversations_per_business": "TIER_10K", "max_phone_numbers_per_business": 25});
    stage.simulator.webhook(WABA, "business_capability_update", value).await;
    until("the tier is known", async || reach(NUMBER).await == Some(10_000)).await;
    until("so it is on the portfolio's other number", async || reach(OTHER_NUMBER).await == Some(10_000)).await;
    stage.clock.advance(HOUR);
    let value = json!({"max_daily_conversations_per_business": "TIER_UNLIMITED"});
    stage.simulator.webhook(WABA, "business_capability_update", value).await;
    until("it is lifted", async || reach(NUMBER).await == Some(UNLIMITED_REACH)).await;
    // A number on the phone keeps its fixed throughput.
    let upgrade = json!({"display_phone_number": "5511955550100", "event": "THROUGHPUT_UPGRADE"});
    stage.simulator.webhook(WABA, "phone_number_quality_update", upgrade).await;
    stage.rest().await;
    let numbers = stage.store().numbers().await.unwrap();
    assert!(numbers.iter().all(|row| row.config.throughput == 1_000), "as the stage has it");
}
