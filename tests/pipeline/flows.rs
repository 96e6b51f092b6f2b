//! Flows that bring templates wait for them; what stops a flow is said, and ends when its reason is gone.

use std::path::PathBuf;
use std::time::Duration;

use ponte_clock::Clock as _;
use ponte_model::{Budget, Currency, Scope, Timestamp};
use ponte_policy::flows::{Reason, Trouble};
use ponte_runtime::{FlowReport, pause_flow, report_flows, resume_flow};
use ponte_simulator::{Odds, Template};
use ponte_store::{InstallationState, NoticeRow, SendState};
use ponte_tests::{NUMBER, Stage, StageBuilder, WABA, guests};
use serde_json::json;

const ANA: &str = "5511911112222";

const TEXTS: [(&str, &str); 3] = [
    ("pt_BR", "Oi {{1}}, o pedido {{2}} saiu."),
    ("es", "Hola {{1}}, el pedido {{2}} salió."),
    ("en", "Hello {{1}}, order {{2}} left us."),
];

/// A guest as a package that brings the template `order` in three languages.
fn bringing(name: &str, component: &[u8]) -> PathBuf {
    let dir = tempfile::tempdir().unwrap().keep();
    let package = guests::package(&dir, name, component, "skip", "");
    std::fs::create_dir(package.join("templates")).unwrap();
    for (language, text) in TEXTS {
        let body = json!({"name": "order", "language": language, "category": "UTILITY", "parameter_format": "positional",
            "components": [{"type": "BODY", "text": text, "example": {"body_text": [["Ana", "7"]]}}]});
        std::fs::write(package.join(format!("templates/order.{language}.json")), body.to_string()).unwrap();
    }
    package
}

fn waiting(name: &str, component: &[u8]) -> StageBuilder {
    StageBuilder::default().package(bringing(name, component), "")
}

/// A flow whose templates the account has already.
async fn live(name: &str, component: &[u8]) -> Stage {
    let stage = waiting(name, component).start().await;
    until(&stage, name, InstallationState::Waiting, "submitted", |report| pending(report, 3)).await;
    for (language, _) in TEXTS {
        stage.simulator.set_template_status(WABA, "order", language, "APPROVED").await;
    }
    until(&stage, name, InstallationState::Active, "approved", |report| report.short.is_empty()).await;
    stage
}

fn troubles(report: &FlowReport) -> Vec<Trouble> {
    report.short.iter().map(|short| short.trouble.clone()).collect()
}

/// Whether so many languages are under review, and nothing else is wrong.
fn pending(report: &FlowReport, count: usize) -> bool {
    report.short.len() == count && report.short.iter().all(|short| short.trouble == Trouble::Pending)
}

async fn report(stage: &Stage, name: &str) -> FlowReport {
    let reports = report_flows(&**stage.store(), Some(&name.into()), stage.clock.now()).await.unwrap();
    reports.into_iter().next().expect("it is installed")
}

/// Waits until a flow stands so, in the store and in memory.
async fn until(stage: &Stage, name: &str, state: InstallationState, what: &str, is: impl Fn(&FlowReport) -> bool) {
    let stands = async {
        loop {
            let report = report(stage, name).await;
            if report.state == state && is(&report) {
                return;
            }
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    if ponte_clock::within(Duration::from_secs(10), stands).await.is_err() {
        panic!("{what}: {:#?}", report(stage, name).await);
    }
    // What the command line would do: memory follows within seconds.
    stage.runtime.reload().await.unwrap();
    stage.rest().await;
    // The shop is told a moment later.
    ponte_clock::pause(Duration::from_millis(100)).await;
}

/// Open notices, and news.
async fn notices(stage: &Stage) -> Vec<NoticeRow> {
    let mut rows = stage.store().notices(Timestamp::EPOCH).await.unwrap();
    rows.retain(|row| row.closed_at.is_none() || row.closed_at == Some(row.since));
    rows
}

async fn kinds(stage: &Stage) -> Vec<String> {
    notices(stage).await.into_iter().map(|row| row.kind).collect()
}

async fn answers(stage: &Stage, text: &str) -> bool {
    let ana = stage.simulator.customer(ANA);
    let before = ana.inbox().len();
    ana.writes(text).await;
    stage.rest().await;
    ana.inbox().len() > before
}

#[tokio::test]
async fn an_installed_flow_submits_its_templates_waits_for_the_approval_and_goes_live_without_a_restart() {
    let stage = waiting("echo", &guests::echoing()).start().await;
    until(&stage, "echo", InstallationState::Waiting, "submitted", |report| pending(report, 3)).await;
    assert!(!answers(&stage, "oi").await);
    assert_eq!(stage.last_rule(ANA).await, "flow-paused");
    let told = notices(&stage).await;
    assert_eq!(told.iter().map(|row| row.kind.as_str()).collect::<Vec<_>>(), ["flow-waiting"], "{told:#?}");
    assert!(told[0].words["what"]["pt-BR"].as_str().unwrap().contains("em análise"), "{told:#?}");

    // Over a restart it waits as before, and nothing is submitted again.
    let stage = stage.restart().await;
    stage.runtime.sync_templates().await;
    assert!(!answers(&stage, "oi?").await);
    let submitted = stage.store().submissions().await.unwrap();
    assert_eq!(submitted.len(), 3);
    assert!(submitted.iter().all(|row| row.claimed_at < stage.clock.now()));

    // One language is enough; the others are named.
    stage.simulator.set_template_status(WABA, "order", "pt_BR", "APPROVED").await;
    until(&stage, "echo", InstallationState::Active, "live", |report| pending(report, 2)).await;
    assert!(answers(&stage, "e agora?").await);
    assert_eq!(kinds(&stage).await, ["flow-live"]);
    assert!(stage.simulator.refusals().is_empty());
}

#[tokio::test]
async fn what_the_account_has_with_the_same_text_is_taken_and_another_text_is_told() {
    let stage = waiting("echo", &guests::echoing());
    // Listed before anything is submitted.
    let stage = stage.without_account().start().await;
    let is_homeless = |report: &FlowReport| matches!(report.life.stops[0].reason, Reason::NoAccount { .. });
    until(&stage, "echo", InstallationState::Waiting, "no account", is_homeless).await;
    for (language, text) in &TEXTS[..2] {
        stage.simulator.put_template(WABA, Template::approved("order", *language, "UTILITY", *text));
    }
    stage.simulator.put_template(WABA, Template::approved("order", "en", "UTILITY", "Hi {{1}}, {{2}} is gone."));
    for mut number in stage.store().numbers().await.unwrap() {
        number.waba_id = Some(WABA.into());
        stage.store().put_number(&number, stage.clock.now()).await.unwrap();
    }
    stage.runtime.reload().await.unwrap();
    until(&stage, "echo", InstallationState::Active, "taken", |report| troubles(report) == [Trouble::Differs]).await;
    assert!(answers(&stage, "oi").await);
    assert!(stage.store().submissions().await.unwrap().is_empty(), "nothing was missing");
}

#[tokio::test]
async fn a_crash_between_claim_and_answer_submits_nothing_twice() {
    let stage = waiting("echo", &guests::echoing()).without_account().start().await;
    // Two processes ended in the middle: one request had arrived, the other had not left.
    let (waba, minutes) = (WABA.into(), Duration::from_secs(600));
    for (language, text) in &TEXTS[..2] {
        assert!(
            stage
                .store()
                .claim_submission((&waba, "order", language), stage.clock.now(), minutes, false)
                .await
                .unwrap()
        );
        if *language == "pt_BR" {
            let arrived = Template::approved("order", *language, "UTILITY", *text).status("PENDING");
            stage.simulator.put_template(WABA, arrived);
        }
    }
    for mut number in stage.store().numbers().await.unwrap() {
        number.waba_id = Some(WABA.into());
        stage.store().put_number(&number, stage.clock.now()).await.unwrap();
    }
    stage.runtime.reload().await.unwrap();
    // What is there is taken, what nobody claimed is submitted, what somebody may be submitting is left alone.
    let standing = |of: &FlowReport| {
        let mut all: Vec<_> = of.short.iter().map(|one| format!("{} {}", one.language, one.trouble.as_str())).collect();
        all.sort();
        all.join(", ")
    };
    let left = |report: &FlowReport| standing(report) == "en pending, es missing, pt_BR pending";
    until(&stage, "echo", InstallationState::Waiting, "one is left", left).await;
    // Minutes later the claim has lapsed.
    stage.clock.advance(Duration::from_secs(700));
    until(&stage, "echo", InstallationState::Waiting, "all are submitted", |report| pending(report, 3)).await;
    assert!(stage.simulator.refusals().is_empty(), "Meta was asked for none of them twice");
}

#[tokio::test]
async fn a_submission_that_meta_refuses_is_told() {
    let stage = waiting("echo", &guests::echoing()).start().await;
    until(&stage, "echo", InstallationState::Waiting, "submitted", |report| pending(report, 3)).await;
    // A flow with the same words under another name: Meta takes no second one.
    let dir = tempfile::tempdir().unwrap().keep();
    let package = guests::package(&dir, "copy", &guests::echoing(), "skip", "");
    std::fs::create_dir(package.join("templates")).unwrap();
    let body = json!({"name": "order_again", "language": "pt_BR", "category": "UTILITY",
        "components": [{"type": "BODY", "text": TEXTS[0].1, "example": {"body_text": [["Ana", "7"]]}}]});
    std::fs::write(package.join("templates/order_again.pt_BR.json"), body.to_string()).unwrap();
    let request = ponte_runtime::InstallRequest {
        package,
        settings: None,
        numbers: vec![NUMBER.into()],
        tenant: "shop".into(),
        name: None,
        priority: 9,
    };
    let cache = tempfile::tempdir().unwrap();
    let compiler = ponte_sandbox::Compiler::in_process(cache.path()).unwrap();
    let row = ponte_runtime::install(&**stage.store(), &compiler, request, stage.clock.now()).await.unwrap();
    assert_eq!(row.state, InstallationState::Waiting);
    stage.runtime.reload().await.unwrap();
    let refused = |report: &FlowReport| matches!(troubles(report)[..], [Trouble::Refused { .. }]);
    until(&stage, "copy", InstallationState::Waiting, "refused", refused).await;
}

#[tokio::test]
async fn a_stopped_template_pauses_its_flow_tells_the_shop_and_another_flow_takes_over_until_it_is_good_again() {
    let stage = waiting("echo", &guests::echoing()).guest("two", &guests::saying_two_things(), NUMBER).start().await;
    until(&stage, "echo", InstallationState::Waiting, "submitted", |report| pending(report, 3)).await;
    stage.simulator.set_template_status(WABA, "order", "pt_BR", "APPROVED").await;
    until(&stage, "echo", InstallationState::Active, "live", |_| true).await;
    assert!(answers(&stage, "oi").await);
    assert_eq!(stage.simulator.customer(ANA).last().unwrap().text, "oi");

    for (status, trouble) in [("PAUSED", "paused"), ("DISABLED", "disabled"), ("REJECTED", "rejected")] {
        // Two webhooks of one second that say the same would be one.
        stage.clock.advance(Duration::from_secs(60));
        stage.simulator.set_template_status(WABA, "order", "pt_BR", status).await;
        until(&stage, "echo", InstallationState::Paused, trouble, |report| {
            report.short.iter().any(|short| short.trouble.as_str() == trouble)
        })
        .await;
        assert!(answers(&stage, "oi").await);
        // The next by priority, as if the first were not installed.
        assert_eq!(stage.simulator.customer(ANA).last().unwrap().text, "dois");
        let told = notices(&stage).await;
        let open: Vec<_> = told.iter().filter(|row| row.closed_at.is_none()).map(|row| row.kind.as_str()).collect();
        assert_eq!(open, ["flow-paused", "template"], "{status}");
        assert!(told.iter().any(|row| row.key.contains(trouble)), "{told:#?}");

        stage.simulator.set_template_status(WABA, "order", "pt_BR", "APPROVED").await;
        until(&stage, "echo", InstallationState::Active, "resumed", |_| true).await;
        assert!(answers(&stage, "de volta").await);
        assert_eq!(stage.simulator.customer(ANA).last().unwrap().text, "de volta");
        assert!(notices(&stage).await.iter().all(|row| row.closed_at.is_some()), "{status}");
    }
}

#[tokio::test]
async fn a_dearer_category_stops_the_flow_until_somebody_agrees() {
    let stage = live("echo", &guests::echoing()).await;
    for (language, _) in TEXTS {
        stage.simulator.set_template_category(WABA, "order", language, "MARKETING").await;
    }
    let dearer = |report: &FlowReport| report.short.len() == 3;
    until(&stage, "echo", InstallationState::Paused, "recategorized", dearer).await;
    assert!(!answers(&stage, "oi").await);
    let accepted = resume_flow(&**stage.store(), &"echo".into(), true, stage.clock.now()).await.unwrap().unwrap();
    assert_eq!(accepted.len(), 1, "{accepted:?}");
    until(&stage, "echo", InstallationState::Active, "agreed", |_| true).await;
    assert!(answers(&stage, "oi").await);
}

#[tokio::test]
async fn a_template_that_is_queued_when_its_flow_is_paused_waits_and_leaves_when_it_goes_on() {
    let stage = live("post", &guests::posting()).await;
    // Meta's limit on calls holds it back for a minute.
    stage.simulator.faults(|plan| plan.sends.error = (Odds::Next(1), 80_007));
    let parameters = [json!({"value": {"text": "Ana"}}), json!({"value": {"text": "7"}})];
    let message = json!({"type": "template", "name": "order", "language": "pt_BR",
        "components": [{"type": "body", "parameters": parameters}]});
    stage.simulator.customer(ANA).writes(&message.to_string()).await;
    let row = async |what: &str, is: &dyn Fn(&ponte_store::SendRow) -> bool| {
        let found = async {
            loop {
                if let Some(row) = stage.sends().await.into_iter().next().filter(is) {
                    return row;
                }
                ponte_clock::pause(Duration::from_millis(5)).await;
            }
        };
        ponte_clock::within(Duration::from_secs(10), found).await.unwrap_or_else(|_| panic!("{what}"))
    };

    row("it was tried", &|row| row.attempts == 1).await;
    pause_flow(&**stage.store(), &"post".into(), "férias", stage.clock.now()).await.unwrap();
    stage.runtime.reload().await.unwrap();
    stage.clock.advance(Duration::from_secs(600));
    let held = row("it is held", &|row| row.reason.as_deref().is_some_and(|why| why.contains("flow-paused"))).await;
    assert_eq!(held.state, SendState::Queued, "{held:?}");
    assert!(held.reason.as_deref().unwrap().contains("férias"), "{held:?}");
    assert_eq!(kinds(&stage).await.last().map(String::as_str), Some("flow-paused"));

    resume_flow(&**stage.store(), &"post".into(), false, stage.clock.now()).await.unwrap();
    stage.runtime.reload().await.unwrap();
    row("it leaves", &|row| row.state != SendState::Queued).await;
    stage.rest().await;
    assert_eq!(stage.simulator.customer(ANA).last().unwrap().text, "Oi Ana, o pedido 7 saiu.");
}

#[tokio::test]
async fn requirement_3_6_a_flow_at_its_hard_limit_is_paused_with_the_reason_and_goes_on_the_next_day() {
    let stage = StageBuilder::default()
        .settings(|settings| settings.rates = ponte_tests::rates::charged_service(0))
        .guest("echo", &guests::echoing(), NUMBER)
        .start()
        .await;
    let limit = async |soft, hard| {
        let budget = Budget { currency: Currency::parse("BRL").unwrap(), soft, hard: Some(hard) };
        stage.store().put_budget(&Scope::Flow("echo".into()), Some(&budget)).await.unwrap();
        stage.runtime.reload().await.unwrap();
    };
    limit(Some(50_000), 100_000).await;
    assert!(answers(&stage, "um").await);
    assert!(!answers(&stage, "dois").await);
    until(&stage, "echo", InstallationState::Paused, "at the limit", |report| {
        matches!(report.life.stops[0].reason, Reason::Budget { .. })
    })
    .await;
    assert!(!answers(&stage, "três").await);
    assert_eq!(stage.last_rule(ANA).await, "flow-paused", "the chat is people's");
    // The shop is told after the flow is stopped.
    let both = async {
        while kinds(&stage).await.len() < 2 {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), both).await.expect("both are told");
    let mut told = kinds(&stage).await;
    told.sort();
    assert_eq!(told, ["budget-soft", "flow-paused"]);

    // Raised: it goes on at once.
    limit(Some(50_000), 200_000).await;
    until(&stage, "echo", InstallationState::Active, "raised", |_| true).await;
    assert!(answers(&stage, "quatro").await);
    assert!(!answers(&stage, "cinco").await);
    until(&stage, "echo", InstallationState::Paused, "at the limit again", |_| true).await;

    // The day ends at 00:00 UTC, and with it the stop, over a restart too.
    let stage = stage.restart().await;
    assert!(!answers(&stage, "seis").await);
    stage.clock.advance(Duration::from_secs(24 * 3600));
    until(&stage, "echo", InstallationState::Active, "the next day", |_| true).await;
    let open = async || notices(&stage).await.into_iter().filter(|row| row.closed_at.is_none()).count();
    let closed = async {
        while open().await > 0 {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), closed).await.expect("all is over");
    assert!(answers(&stage, "sete").await);
    assert!(stage.simulator.refusals().is_empty());
}
