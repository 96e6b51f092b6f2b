//! Lines that a customer types one after the other are answered once, where the flow asks for that.

use std::path::PathBuf;
use std::time::Duration;

use ponte_simulator::Customer;
use ponte_store::DecisionRow;
use ponte_tests::{NUMBER, OTHER_NUMBER, Stage, StageBuilder, guests};

const ANA: &str = "5511911112222";

/// A guest that repeats the event's words, and waits for a minute of quiet.
pub(super) fn patient() -> PathBuf {
    let dir = tempfile::tempdir().expect("a folder").keep();
    let package = guests::package(&dir, "patient", &guests::echoing(), "skip", "");
    let manifest = package.join("flow.toml");
    let text = std::fs::read_to_string(&manifest).expect("a manifest");
    let patient = text.replace("events = [\"message\"]", "events = [\"message\"]\ndebounce = \"60s\"");
    assert_ne!(text, patient, "the manifest has a trigger");
    std::fs::write(&manifest, patient).expect("a manifest");
    package
}

async fn stage() -> Stage {
    StageBuilder::default().package(patient(), "").start().await
}

/// What came from the API, oldest first.
fn heard(customer: &Customer) -> Vec<String> {
    customer.inbox().iter().map(|message| message.text.clone()).collect()
}

async fn pass(stage: &Stage, seconds: u64) {
    stage.pass(Duration::from_secs(seconds)).await;
}

/// Writes, and lets the line be handled before the next.
async fn writes(stage: &Stage, customer: &Customer, text: &str) -> ponte_model::MessageId {
    let id = customer.writes(text).await;
    stage.rest().await;
    id
}

/// What was decided, oldest first.
async fn decisions(stage: &Stage) -> Vec<DecisionRow> {
    let conversation = stage.conversation(ANA).await;
    let mut rows = stage.store().decisions(&conversation, 100).await.expect("decisions are read");
    rows.reverse();
    rows
}

fn rules(rows: &[DecisionRow]) -> Vec<&str> {
    rows.iter().map(|row| row.decision.as_deref().unwrap_or_default()).collect()
}

#[tokio::test]
async fn requirements_2_7_lines_typed_quickly_get_one_answer_and_a_restart_neither_forgets_nor_shortens_the_wait() {
    let stage = stage().await;
    let ana = stage.simulator.customer(ANA);
    for line in ["oi", "tudo bem?", "tem 38?"] {
        writes(&stage, &ana, line).await;
    }
    pass(&stage, 40).await;
    let stage = stage.restart().await;
    assert_eq!(rules(&decisions(&stage).await), ["debounced"; 3], "each was acknowledged as it came");
    pass(&stage, 10).await;
    assert!(heard(&ana).is_empty(), "neither the restart nor 50 seconds end it: {:?}", heard(&ana));

    let last = writes(&stage, &ana, "e 39?").await;
    pass(&stage, 50).await;
    assert!(heard(&ana).is_empty(), "another line begins the quiet anew");
    // It goes on where nobody runs, too.
    let clock = stage.clock.clone();
    let stage = stage.restart_after(|| clock.advance(Duration::from_secs(11))).await;
    pass(&stage, 0).await;
    assert_eq!(heard(&ana), ["e 39?"]);

    let rows = decisions(&stage).await;
    assert_eq!(rules(&rows), ["debounced", "debounced", "debounced", "first-match", "first-match"]);
    let answer = format!("answered together with {}", rows[3].event);
    assert!(rows[3].event.to_string().contains(last.as_str()), "{:?}", rows[3]);
    assert!(rows[..3].iter().all(|row| row.why.as_deref() == Some(&answer)), "{rows:?}");
    assert_eq!(
        (rows[4].kind.as_str(), rows[3].why.as_deref()),
        ("burst_end", Some("answered as the last of 4 in a burst"))
    );

    let runs = stage.store().runs(10).await.unwrap();
    assert_eq!((runs.len(), &runs[0].event), (1, &rows[3].event), "one run, for the last line");
    let stage = stage.restart().await;
    pass(&stage, 600).await;
    assert_eq!(heard(&ana).len(), 1, "and never again");
    writes(&stage, &ana, "obrigada").await;
    pass(&stage, 61).await;
    assert_eq!(heard(&ana), ["e 39?", "obrigada"], "the next burst is another");
}

#[tokio::test]
async fn who_never_stops_talking_is_answered_all_the_same() {
    let stage = stage().await;
    let ana = stage.simulator.customer(ANA);
    for n in 0..8 {
        writes(&stage, &ana, &n.to_string()).await;
        pass(&stage, 45).await;
    }
    // Five minutes after the first line, however much comes.
    assert_eq!(heard(&ana), ["6"]);
}

#[tokio::test]
async fn a_tap_is_answered_at_once_with_what_waited_a_reaction_changes_nothing_and_a_stop_is_obeyed() {
    let stage = stage().await;
    let ana = stage.simulator.customer(ANA);
    let first = writes(&stage, &ana, "oi").await;
    ana.reacts(&first, "👍").await;
    stage.rest().await;
    assert_eq!(rules(&decisions(&stage).await), ["debounced", "first-match"]);
    let before = heard(&ana).len();
    ana.taps_button("sales", "Vendas").await;
    stage.rest().await;
    assert_eq!(heard(&ana).len(), before + 1);
    assert_eq!(heard(&ana).last().unwrap(), "sales");
    pass(&stage, 120).await;
    assert_eq!(heard(&ana).len(), before + 1, "what waited was answered with it");
    let rows = decisions(&stage).await;
    assert_eq!(rules(&rows), ["debounced", "first-match", "first-match"]);
    assert_eq!(rows[0].why, Some(format!("answered together with {}", rows[2].event)));

    writes(&stage, &ana, "PARAR").await;
    assert_eq!(stage.last_rule(ANA).await, "opt-out");
}

#[tokio::test]
async fn edits_of_what_waits_are_answered_as_they_read_now_and_what_is_taken_back_is_not_answered() {
    let stage = stage().await;
    let ana = stage.simulator.customer(ANA);
    writes(&stage, &ana, "oi").await;
    let size = writes(&stage, &ana, "tem 38?").await;
    let slip = writes(&stage, &ana, "te amo").await;
    ana.edits(&size, "tem 39?").await;
    ana.revokes(&slip).await;
    stage.rest().await;
    pass(&stage, 61).await;
    assert_eq!(heard(&ana), ["tem 39?"], "one answer, to the words that stand");
    let rows = decisions(&stage).await;
    assert_eq!(rules(&rows), ["debounced", "first-match", "debounced", "debounced", "debounced", "first-match"]);
    assert_eq!(rows[2].why.as_deref(), Some("taken back before it was answered"));

    let slip = writes(&stage, &ana, "ops").await;
    ana.revokes(&slip).await;
    stage.rest().await;
    pass(&stage, 120).await;
    assert_eq!(heard(&ana).len(), 1, "nothing is left to answer");
    assert_eq!(stage.store().next_timer().await.unwrap(), None, "and nothing waits any more");
}

#[tokio::test]
async fn an_answer_from_the_phone_in_the_middle_of_a_burst_is_the_only_one() {
    let stage = stage().await;
    let ana = stage.simulator.customer(ANA);
    writes(&stage, &ana, "oi").await;
    stage.simulator.business_phone(NUMBER).unwrap().writes(ANA, "oi, aqui é a dona").await;
    stage.rest().await;
    let conversation = stage.conversation(ANA).await;
    let row = stage.store().conversation(&conversation).await.unwrap();
    assert_eq!(row.facts["ownership"]["owner"], "app", "folded at once: {}", row.facts);
    writes(&stage, &ana, "que bom").await;
    pass(&stage, 61).await;
    assert_eq!(heard(&ana), ["oi, aqui é a dona"]);
    let rows = decisions(&stage).await;
    assert_eq!(rules(&rows), ["owned-by-app", "not-a-trigger", "owned-by-app", "owned-by-app"]);
    assert!(stage.store().runs(10).await.unwrap().is_empty(), "no flow was asked");
}

#[tokio::test]
async fn other_conversations_and_flows_without_debounce_do_not_wait() {
    let stage =
        StageBuilder::default().package(patient(), "").guest("echo", &guests::echoing(), OTHER_NUMBER).start().await;
    let (ana, rui) = (stage.simulator.customer(ANA), stage.simulator.customer("5511933334444").on(OTHER_NUMBER));
    writes(&stage, &ana, "oi").await;
    writes(&stage, &rui, "olá").await;
    assert_eq!((heard(&ana).len(), heard(&rui)), (0, vec!["olá".to_owned()]));
    let bia = stage.simulator.customer("5511955556666");
    writes(&stage, &bia, "oi").await;
    pass(&stage, 61).await;
    assert_eq!((heard(&ana).len(), heard(&bia).len()), (1, 1));
}

#[tokio::test]
async fn what_the_rules_give_to_people_takes_along_what_waited() {
    let policy = "[[rules]]\nname = \"human\"\nto = \"team\"\nwhen = { keywords = \"atendente\" }\n";
    let stage = StageBuilder::default().package(patient(), "").policy(policy).start().await;
    let ana = stage.simulator.customer(ANA);
    writes(&stage, &ana, "meu pedido não chegou").await;
    writes(&stage, &ana, "quero um atendente").await;
    pass(&stage, 120).await;
    assert!(heard(&ana).is_empty() && stage.store().runs(10).await.unwrap().is_empty());
    let rows = decisions(&stage).await;
    assert_eq!(rules(&rows), ["debounced", "1:human"]);
    assert_eq!(rows[0].why.as_deref(), Some("not answered: a later line went to people by rule 1:human"));
}

#[tokio::test]
async fn a_shop_may_let_triage_wait_and_any_line_of_a_burst_may_say_what_it_is_about() {
    let settings = "debounce = \"60s\"\nsectors = [{ id = \"a\", title = \"Vendas\" },
                    { id = \"b\", title = \"Suporte\", keywords = [\"troca\"] }]\n";
    let stage = StageBuilder::default().flow("triage", settings).start().await;
    let ana = stage.simulator.customer(ANA);
    for line in ["oi, tudo bem?", "quero fazer uma troca", "obrigada"] {
        writes(&stage, &ana, line).await;
    }
    pass(&stage, 61).await;
    let heard = heard(&ana);
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(heard[0].contains("Suporte") && !heard[0].contains("Vendas"), "no menu for who has said it: {heard:?}");
}

#[tokio::test]
async fn a_flow_that_is_paused_during_the_wait_leaves_what_waited_to_another() {
    let stage = StageBuilder::default()
        .package(patient(), "")
        .guest("menu", &guests::saying_two_things(), NUMBER)
        .start()
        .await;
    let ana = stage.simulator.customer(ANA);
    writes(&stage, &ana, "oi").await;
    writes(&stage, &ana, "tem 38?").await;
    let store = &**stage.store();
    ponte_runtime::pause_flow(store, &"patient".into(), "férias", stage.runtime.now()).await.unwrap();
    stage.runtime.reload().await.unwrap();
    pass(&stage, 61).await;
    assert_eq!(heard(&ana), ["um", "dois"], "{:?}", decisions(&stage).await);
}
