//! A store tells of an order, as `docs/hooks.md` says.

use crate::shop::{NUMBER, Shop, root};

/// What a person types, from the guide.
fn documented_command() -> String {
    let guide = std::fs::read_to_string(root().join("docs/hooks.md")).expect("the guide");
    let (_, rest) = guide.split_once("```sh\n").expect("the guide has a command");
    rest.split_once("\n```").expect("the command ends").0.to_owned()
}

#[tokio::test]
async fn the_command_of_the_guide_tells_of_an_order() {
    let (shop, _whatsapp) = Shop::on_whatsapp().await;
    let config =
        format!("[hooks.erp]\nkind = \"signed-json\"\nnumber = \"{NUMBER}\"\nsecret_files = [\"erp-secret\"]\n");
    let config = shop.write("ponte.toml", &config);
    shop.write("erp-secret", "one that the guide does not know\n");
    let _serving = shop.serve_with(&["serve", "--config", &config]).await;

    let typed = documented_command();
    assert!(typed.contains("http://127.0.0.1:8080/"), "{typed}");
    let typed = typed.replace("http://127.0.0.1:8080", &shop.url("")).replace("curl -i", "curl -s -i");
    let tell = async |secret: &str| {
        let said = tokio::process::Command::new("sh").args(["-c", &typed]).env("SECRET", secret).output().await;
        let said = said.expect("a shell");
        String::from_utf8(said.stdout).expect("curl writes text") + &String::from_utf8_lossy(&said.stderr)
    };
    if tell("").await.contains("not found") {
        eprintln!("skipped: this machine has no curl or no openssl");
        return;
    }
    let answer = tell("one that the guide does not know").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let answer = tell("guessed").await;
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("check the secret"), "{answer}");
    assert_eq!(shop.metric("ponte_hooks_total{source=\"erp\",status=\"200\"}").await, 1.0);

    shop.until_metric("ponte_routed_total{rule=\"no-flow\"}", 1.0).await;
    let shown = shop.ponte(&["conversation", "show", NUMBER, "5511987654321"]).await.ok();
    for words in ["order", "no-flow", "no flow takes it"] {
        assert!(shown.out.contains(words), "{words:?} is missing in:\n{}", shown.out);
    }
    assert!(!shop.log().contains("one that the guide does not know"), "secrets stay secret");
}

#[tokio::test]
async fn a_source_that_could_not_be_trusted_keeps_ponte_from_serving() {
    let shop = Shop::new();
    let config = shop.write("ponte.toml", "[hooks.erp]\nkind = \"signed-json\"\nnumber = \"1\"\n");
    shop.ponte(&["serve", "--config", &config]).await.refused(&["[hooks.erp]", "PONTE_HOOK_SECRET_ERP", "no secret"]);
}
