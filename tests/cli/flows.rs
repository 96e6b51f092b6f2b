//! Flows that bring templates, by the command line alone: what they wait for, what stops them, what the shop is told.

use std::path::Path;

use ponte_simulator::Template;
use serde_json::{Value, json};

use crate::shop::{CLOSED, Shop, WABA, root};

const TEXT: &str = "Oi {{1}}, o pedido {{2}} saiu.";

/// The after-hours flow, which also brings a template.
fn package(shop: &Shop) -> String {
    let package = shop.path("package");
    for folder in ["", "texts"] {
        std::fs::create_dir_all(package.join(folder)).expect("a folder");
        for entry in std::fs::read_dir(root().join("flows/after-hours").join(folder)).expect("the package") {
            let from = entry.expect("an entry").path();
            if from.is_file() {
                std::fs::copy(&from, package.join(folder).join(from.file_name().expect("a name"))).expect("a copy");
            }
        }
    }
    bring(&package, "pt_BR", TEXT);
    package.display().to_string()
}

fn bring(package: &Path, language: &str, text: &str) {
    let body = json!({"name": "order", "language": language, "category": "UTILITY", "components": [
        {"type": "BODY", "text": text, "example": {"body_text": [["Ana", "7"]]}}]});
    std::fs::create_dir_all(package.join("templates")).expect("a folder");
    let file = package.join(format!("templates/order.{language}.json"));
    std::fs::write(file, serde_json::to_string_pretty(&body).expect("JSON")).expect("a template");
}

async fn show(shop: &Shop) -> Value {
    shop.ponte(&["flow", "show", "after-hours", "--json"]).await.ok().json()
}

#[tokio::test]
async fn an_installation_submits_waits_goes_live_is_paused_and_resumed() {
    let (shop, whatsapp) = Shop::on_whatsapp().await;
    let (package, settings) = (package(&shop), shop.write("settings.toml", CLOSED));
    let install = ["flow", "install", &package, "--settings", &settings];
    let said = shop.ponte(&install).await.ok();
    for words in ["order (pt_BR) is submitted: PENDING", "after-hours waits, and goes live by itself", "under review"] {
        assert!(said.err.contains(words), "{words} is missing in {said:#?}");
    }
    assert_eq!(shop.installations().await[0]["state"], "waiting");
    let list = shop.ponte(&["flow", "list"]).await.ok().out;
    assert!(list.contains("waiting") && list.contains("template order (pt_BR"), "{list}");
    assert_eq!(show(&shop).await["stops"][0]["troubles"]["pt_BR"]["trouble"], "pending");
    // Installed again, nothing is submitted again.
    let said = shop.ponte(&install).await.ok();
    assert!(!said.err.contains("is submitted"), "{said:#?}");

    let serving = shop.serve().await;
    whatsapp.set_template_status(WABA, "order", "pt_BR", "APPROVED").await;
    shop.until_state("active").await;
    let ana = whatsapp.customer("5511911112222");
    ana.writes("oi").await;
    shop.until_metric("ponte_routed_total{rule=\"first-match\"}", 1.0).await;

    let said = shop.ponte(&["flow", "pause", "after-hours", "--why", "férias"]).await.ok();
    assert!(said.err.contains("is paused"), "{said:#?}");
    let told = shop.ponte(&["notices", "--language", "pt-BR"]).await.ok();
    assert!(told.out.contains("o fluxo after-hours está pausado") && told.out.contains("férias"), "{told:#?}");
    let told = shop.ponte(&["notices", "--json"]).await.ok().json();
    assert_eq!(told[told.as_array().unwrap().len() - 1]["kind"], "flow-paused");
    let doctor = shop.ponte(&["doctor"]).await;
    assert!(doctor.out.contains("1 flow-paused") && doctor.out.contains("ponte flow show after-hours"), "{doctor:#?}");
    whatsapp.customer("5511911113333").writes("oi").await;
    // Whoever came before the pause was read may still be answered.
    shop.until_metric("ponte_events_waiting", 0.0).await;

    // Other settings do not let it go.
    shop.ponte(&install).await.ok();
    assert_eq!(shop.installations().await[0]["state"], "paused");
    let said = shop.ponte(&["flow", "resume", "after-hours"]).await.ok();
    assert!(said.err.contains("after-hours runs"), "{said:#?}");
    assert_eq!(shop.installations().await[0]["state"], "active");
    let told = shop.ponte(&["notices", "--all"]).await.ok();
    assert!(told.err.contains("0 open") && told.out.contains("is live"), "{told:#?}");
    assert_eq!(serving.terminate().await, Some(0));
    shop.ponte(&["flow", "pause", "nothing"]).await.refused(&["nothing is installed as \"nothing\""]);
}

#[tokio::test]
async fn without_submitting_it_waits_and_what_is_submitted_elsewhere_lets_it_go_live() {
    let (shop, whatsapp) = Shop::on_whatsapp().await;
    let (package, settings) = (package(&shop), shop.write("settings.toml", CLOSED));
    let said = shop.ponte(&["flow", "install", &package, "--settings", &settings, "--no-submit"]).await.ok();
    assert!(said.err.contains("were not read from Meta yet"), "{said:#?}");
    shop.ponte(&["template", "sync"]).await.ok();
    assert_eq!(show(&shop).await["stops"][0]["troubles"]["pt_BR"]["trouble"], "missing");
    whatsapp.put_template(WABA, Template::approved("order", "pt_BR", "UTILITY", TEXT));
    shop.ponte(&["template", "sync"]).await.ok();
    assert_eq!(show(&shop).await["state"], "active");

    let list = shop.ponte(&["template", "list"]).await.ok().out;
    assert!(list.lines().nth(1).is_some_and(|line| line.contains("after-hours")), "its owner is named: {list}");
    let list = shop.ponte(&["template", "list", "--json"]).await.ok().json();
    assert_eq!((&list[0]["flows"], &list[0]["sent"]), (&json!(["after-hours"]), &json!(0)));
}

#[tokio::test]
async fn what_meta_would_reject_is_refused_at_install_with_file_line_and_column() {
    let shop = Shop::new();
    let package = package(&shop);
    let folder = Path::new(&package);
    let twin = json!({"name": "again", "language": "pt_BR", "category": "UTILITY", "components": [
        {"type": "BODY", "text": TEXT, "example": {"body_text": [["Ana", "7"]]}}]});
    std::fs::write(folder.join("templates/again.pt_BR.json"), twin.to_string()).expect("a template");
    bring(folder, "es", "Hola {{1}}");
    bring(folder, "en", "Hello {{1}}, it has left our shop today.");
    std::fs::rename(folder.join("templates/order.en.json"), folder.join("templates/order.en_US.json")).expect("a name");
    let said = shop.ponte(&["flow", "install", &package]).await;
    assert_eq!(said.code, Some(1), "{said:#?}");
    for line in [
        "templates/order.es.json:8:15: components[0].text ends with a variable",
        "templates/order.en_US.json:3:15: this says \"en\", and the file \"en_US\"",
        "body and footer are those of again (pt_BR)",
        "templates/order.pt_BR.json:6:5: body: takes 2 values; in en: takes 1 values",
    ] {
        assert!(said.err.contains(line), "{line} is missing in {}", said.err);
    }
    assert_eq!(shop.installations().await, json!([]));
}
