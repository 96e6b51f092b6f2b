//! Flows to copy, as they lie in `examples/`.

use std::time::Duration;

use ponte_tests::{Stage, StageBuilder, root};

const ANA: &str = "5511911112222";

/// The greeter, in one language.
async fn greeter(settings: &str) -> Stage {
    let package = root().join("examples/first-rust");
    assert!(package.join("plugin.wasm").is_file(), "`cargo xtask plugins first-rust` builds {}", package.display());
    StageBuilder::default().package(package, settings).start().await
}

async fn says(stage: &Stage, text: &str) -> Vec<String> {
    let customer = stage.simulator.customer(ANA);
    let before = customer.inbox().len();
    customer.writes(text).await;
    stage.rest().await;
    customer.inbox()[before..].iter().map(|message| message.text.clone()).collect()
}

#[tokio::test]
async fn the_first_flow_greets_counts_and_calls_a_person() {
    let stage = greeter("").await;
    stage.simulator.customer(ANA).is_called("Ana");
    assert_eq!(says(&stage, "oi").await, ["Olá, Ana! Como posso ajudar?"]);
    assert_eq!(says(&stage, "vocês abrem hoje?").await, ["Recebi sua mensagem número 2."]);
    stage.pass(Duration::from_secs(3 * 3600)).await;
    assert_eq!(says(&stage, " HUMANO").await, ["Já chamo alguém."]);
    assert_eq!(says(&stage, "alô?").await, Vec::<String>::new());
    assert_eq!(stage.last_rule(ANA).await, "owned-by-team");
    let row = stage.store().conversation(&stage.conversation(ANA).await).await.unwrap();
    assert_eq!(row.facts["handed"]["note"], "Pediu uma pessoa.");
}

#[tokio::test]
async fn the_first_flow_speaks_the_shops_language_and_knows_its_words() {
    let stage = greeter("language = \"es\"\nhandoff_words = [\"ayuda\"]\n").await;
    stage.simulator.customer(ANA).is_called("");
    let greeting = says(&stage, "humano").await;
    assert!(greeting.len() == 1 && greeting[0].starts_with("¡Hola"), "{greeting:?}");
    assert_eq!(says(&stage, "Ayuda").await, ["Ya llamo a alguien."]);
}
