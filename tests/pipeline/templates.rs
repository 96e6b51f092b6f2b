//! Templates: refused before Meta has to, at the call and again at the moment of leaving.

use std::time::Duration;

use ponte_clock::Clock as _;
use ponte_model::template::{Category, Registered, Status};
use ponte_simulator::{Odds, Template};
use ponte_store::SendState;
use ponte_tests::{NUMBER, Stage, StageBuilder, WABA, guests};
use serde_json::{Value, json};

const ANA: &str = "5511911112222";

async fn stage() -> Stage {
    StageBuilder::default().guest("post", &guests::posting(), NUMBER).start().await
}

fn order() -> Template {
    Template::approved("order", "pt_BR", "UTILITY", "Oi {{1}}, o pedido {{2}} saiu.")
}

/// The customer asks for a template: what they write is the message that the flow sends.
async fn asks(stage: &Stage, language: &str, values: &[&str]) {
    let parameters: Vec<_> = values.iter().map(|value| json!({"value": {"text": value}})).collect();
    let message = json!({"type": "template", "name": "order", "language": language,
        "components": [{"type": "body", "parameters": parameters}]});
    stage.simulator.customer(ANA).writes(&message.to_string()).await;
}

/// What the last run was refused.
async fn refusal(stage: &Stage) -> Value {
    stage.rest().await;
    let runs = stage.store().runs(1).await.unwrap();
    runs[0].report["refusals"][0]["refusal"].clone()
}

async fn until(stage: &Stage, what: &str, is: impl Fn(&Registered) -> bool) {
    let changed = async {
        loop {
            let books = stage.store().templates(None).await.unwrap();
            if books.iter().flat_map(|book| &book.templates).any(&is) {
                return;
            }
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), changed).await.unwrap_or_else(|_| panic!("it takes too long: {what}"));
    // The pipeline's memory follows the store within the handling of the event.
    stage.rest().await;
}

#[tokio::test]
async fn a_missing_parameter_is_refused_at_the_call_with_its_field_and_meta_is_not_asked() {
    let stage = stage().await;
    stage.simulator.put_template(WABA, order());
    stage.runtime.sync_templates().await;
    for (values, why) in [
        (&["Ana"][..], "components[0].parameters[1] is missing"),
        (&["Ana", "7", "8"], "components[0].parameters[2] is one too many"),
    ] {
        asks(&stage, "pt_BR", values).await;
        let refusal = refusal(&stage).await;
        assert_eq!(refusal["reason"], "template");
        assert!(refusal["why"].as_str().unwrap().contains(why), "{refusal}");
    }
    assert!(stage.sends().await.is_empty() && stage.simulator.refusals().is_empty());
    asks(&stage, "pt_BR", &["Ana", "7"]).await;
    stage.rest().await;
    assert_eq!(stage.simulator.customer(ANA).last().unwrap().text, "Oi Ana, o pedido 7 saiu.");
}

#[tokio::test]
async fn a_template_that_is_paused_between_queue_and_leave_waits_until_it_is_approved_again_and_never_reaches_meta() {
    let stage = stage().await;
    stage.simulator.put_template(WABA, order());
    stage.runtime.sync_templates().await;
    // Meta's limit on calls holds it back for a minute.
    stage.simulator.faults(|plan| plan.sends.error = (Odds::Next(1), 80_007));
    asks(&stage, "pt_BR", &["Ana", "7"]).await;
    let tried = async {
        while stage.sends().await.first().is_none_or(|row| row.attempts == 0) {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), tried).await.unwrap();
    stage.simulator.set_template_status(WABA, "order", "pt_BR", "PAUSED").await;
    let paused = async {
        let status = async || stage.store().templates(None).await.unwrap()[0].templates[0].status.clone();
        // Once the event is done, memory knows too.
        while status().await != Status::Paused || stage.runtime.waiting() > 0 {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), paused).await.unwrap();

    stage.clock.advance(Duration::from_secs(600));
    stage.rest().await;
    let row = &stage.sends().await[0];
    assert_eq!(row.state, SendState::Queued, "{row:?}");
    let reason = row.reason.as_deref().unwrap();
    assert!(reason.contains("paused") && reason.ends_with("(rule: template)"), "{reason}");
    assert_eq!(stage.simulator.counts().sends, 0);
    assert!(stage.simulator.refusals().is_empty(), "Meta was not even asked");

    let stage = stage.restart().await;
    stage.simulator.set_template_status(WABA, "order", "pt_BR", "APPROVED").await;
    let left = async {
        while stage.simulator.counts().sends == 0 {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), left).await.expect("it leaves at once");
}

#[tokio::test]
async fn meta_says_that_a_template_is_paused_and_what_uses_it_waits_or_ends_with_the_reason() {
    let stage = stage().await;
    stage.simulator.put_template(WABA, order());
    stage.runtime.sync_templates().await;
    stage.simulator.faults(|plan| plan.sends.error = (Odds::Next(1), 132_015));
    asks(&stage, "pt_BR", &["Ana", "7"]).await;
    stage.rest().await;
    let row = stage.sends().await.remove(0);
    assert_eq!((row.state, row.code), (SendState::Queued, Some(132_015)), "{row:?}");

    stage.simulator.set_template_status(WABA, "order", "pt_BR", "DISABLED").await;
    let ended = async {
        while stage.sends().await[0].state != SendState::Refused {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), ended).await.expect("nothing to wait for");
    let reason = stage.sends().await.remove(0).reason.unwrap();
    assert!(reason.contains("disabled") && reason.ends_with("(rule: template)"), "{reason}");
    assert_eq!(stage.simulator.counts().sends, 0);
}

#[tokio::test]
async fn an_approval_that_a_webhook_tells_of_lets_the_template_out_at_once() {
    let stage = stage().await;
    stage.simulator.put_template(WABA, order().status("PENDING"));
    stage.runtime.sync_templates().await;
    asks(&stage, "pt_BR", &["Ana", "7"]).await;
    assert!(refusal(&stage).await["why"].as_str().unwrap().contains("under review"));

    stage.simulator.set_template_status(WABA, "order", "pt_BR", "APPROVED").await;
    until(&stage, "the approval", |template| template.status == Status::Approved).await;
    asks(&stage, "pt_BR", &["Ana", "7"]).await;
    stage.rest().await;
    assert_eq!(stage.simulator.counts().sends, 1);
    assert!(stage.simulator.refusals().is_empty());
}

#[tokio::test]
async fn a_template_that_was_submitted_elsewhere_is_unknown_until_its_first_webhook() {
    let stage = stage().await;
    stage.runtime.sync_templates().await;
    asks(&stage, "pt_BR", &["Ana", "7"]).await;
    assert!(refusal(&stage).await["why"].as_str().unwrap().contains("ponte template sync"));

    stage.simulator.put_template(WABA, order().status("PENDING"));
    stage.simulator.set_template_status(WABA, "order", "pt_BR", "APPROVED").await;
    until(&stage, "the list", |template| template.definition.name == "order").await;
    // Memory follows the store within moments; the list came by itself, so nothing says when.
    stage.runtime.sync_templates().await;
    asks(&stage, "pt_BR", &["Ana", "7"]).await;
    stage.rest().await;
    assert_eq!(stage.simulator.counts().sends, 1);
}

#[tokio::test]
async fn of_an_account_that_was_never_listed_meta_judges() {
    let stage = StageBuilder::default().guest("post", &guests::posting(), NUMBER).without_account().start().await;
    asks(&stage, "pt_BR", &["Ana", "7"]).await;
    stage.rest().await;
    let row = &stage.sends().await[0];
    assert_eq!((row.state, row.code), (SendState::Failed, Some(132_001)));
}

#[tokio::test]
async fn a_language_that_a_template_lacks_falls_back_to_its_base_and_then_to_what_is_declared() {
    let stage = StageBuilder::default()
        .settings(|settings| settings.template_fallbacks = vec!["en_US".into()])
        .guest("post", &guests::posting(), NUMBER)
        .start()
        .await;
    for (language, body) in [("pt", "Olá {{1}}, o pedido {{2}} saiu."), ("en_US", "Hello {{1}}, order {{2}} left us.")]
    {
        stage.simulator.put_template(WABA, Template::approved("order", language, "UTILITY", body));
    }
    stage.runtime.sync_templates().await;
    for (language, expected) in [("pt_BR", "Olá Ana, o pedido 7 saiu."), ("es_AR", "Hello Ana, order 7 left us.")] {
        asks(&stage, language, &["Ana", "7"]).await;
        stage.rest().await;
        assert_eq!(stage.simulator.customer(ANA).last().unwrap().text, expected, "{language}");
    }
    assert!(stage.simulator.refusals().is_empty());
}

#[tokio::test]
async fn a_changed_category_and_quality_are_known_at_once_and_kept_over_a_restart_without_meta() {
    let stage = stage().await;
    stage.simulator.put_template(WABA, order());
    stage.runtime.sync_templates().await;
    stage.simulator.set_template_category(WABA, "order", "pt_BR", "MARKETING").await;
    stage.simulator.set_template_quality(WABA, "order", "pt_BR", "RED").await;
    let changed = |template: &Registered| {
        let category = (&template.definition.category, &template.previous_category);
        category == (&Category::Marketing, &Some(Category::Utility)) && template.quality.as_str() == "RED"
    };
    until(&stage, "the news", changed).await;

    let simulator = stage.simulator.clone();
    let stage = stage.restart_after(|| simulator.set_token(NUMBER, "another")).await;
    asks(&stage, "pt_BR", &["Ana"]).await;
    // Promotion needs consent, which nobody gave.
    assert_eq!(refusal(&stage).await["reason"], "no-consent");
}

#[tokio::test]
async fn an_account_that_is_named_while_the_pipeline_runs_is_listed_at_once() {
    let stage = StageBuilder::default().guest("post", &guests::posting(), NUMBER).without_account().start().await;
    stage.simulator.put_template(WABA, order());
    let mut number = stage.store().numbers().await.unwrap().swap_remove(0);
    number.waba_id = Some(WABA.into());
    stage.store().put_number(&number, stage.clock.now()).await.unwrap();
    stage.runtime.reload().await.unwrap();
    until(&stage, "the list", |template| template.definition.name == "order").await;
}
