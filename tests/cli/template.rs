//! `ponte template`: checked here, submitted, listed.

use serde_json::json;

use crate::shop::{Shop, WABA, root};

#[tokio::test]
async fn a_template_is_checked_submitted_and_listed_with_its_status() {
    let (shop, whatsapp) = Shop::on_whatsapp().await;
    let file = root().join("examples/template.json").display().to_string();
    let said = shop.ponte(&["template", "check", &file]).await.ok();
    assert!(said.out.is_empty() && said.err.contains("order_shipped (pt_BR): 0 errors"), "{said:#?}");

    let said = shop.ponte(&["template", "submit", &file]).await.ok();
    assert!(said.err.contains("is submitted: PENDING, UTILITY") && said.err.contains("1 templates"), "{said:#?}");
    shop.ponte(&["template", "submit", &file]).await.refused(&["error[taken] name", "nothing was submitted"]);

    whatsapp.set_template_category(WABA, "order_shipped", "pt_BR", "MARKETING").await;
    whatsapp.set_template_quality(WABA, "order_shipped", "pt_BR", "RED").await;
    shop.ponte(&["template", "sync"]).await.ok();
    let said = shop.ponte(&["template", "list"]).await.ok();
    let line = said.out.lines().nth(1).expect("a line").split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(line, format!("order_shipped pt_BR PENDING MARKETING RED {WABA} - 0 was UTILITY"));
    let listed = shop.ponte(&["template", "list", "--json"]).await.ok().json();
    assert_eq!((&listed[0]["name"], &listed[0]["status"]), (&json!("order_shipped"), &json!("PENDING")));
}

#[tokio::test]
async fn a_bad_template_is_refused_before_meta_sees_it() {
    let (shop, _whatsapp) = Shop::on_whatsapp().await;
    let bad = json!({"name": "Bad Name", "language": "pt_BR", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Oi {{1}}"},
    ]});
    let file = shop.write("bad.json", &bad.to_string());
    let said = shop.ponte(&["template", "check", &file]).await;
    assert_eq!(said.code, Some(1), "{said:#?}");
    for rule in ["error[name] name", "error[variable-last] components[0].text", "error[no-example]"] {
        assert!(said.out.contains(rule), "{rule} is missing in {said:#?}");
    }
    let findings = shop.ponte(&["template", "check", &file, "--json"]).await.json();
    assert_eq!(findings["findings"][0]["rule"], "name");
    shop.ponte(&["template", "submit", &file]).await.refused(&["nothing was submitted"]);
    shop.ponte(&["template", "submit", &file, "--waba", "1"]).await.refused(&["no number belongs to account 1"]);
    let said = shop.ponte(&["template", "list", "--json"]).await.ok();
    assert_eq!(said.json(), json!([]));
}

#[tokio::test]
async fn without_an_account_or_a_token_sync_says_what_to_do() {
    let shop = Shop::new();
    shop.ponte(&["template", "sync"]).await.refused(&["ponte number add ID --waba ID"]);
}
