//! `ponte consent`: what is written down, what is refused, and what a script reads.

use serde_json::json;

use crate::shop::Shop;

const ANA: &str = "+55 11 91111-2222";

#[tokio::test]
async fn consent_is_given_shown_and_withdrawn() {
    let shop = Shop::new();
    shop.ponte(&["consent", "show", ANA]).await.refused(&["5511911112222", "tenant default"]);
    shop.ponte(&["consent", "give", "11x", "--text", "sim"]).await.refused(&["country code"]);
    shop.ponte(&["consent", "give", ANA, "--text", " "]).await.refused(&["--text", "proof"]);

    let given =
        shop.ponte(&["consent", "give", ANA, "--text", "Quero ofertas da Loja", "--text-version", "7", "--json"]).await;
    let given = given.ok().json();
    assert_eq!(given["allowed"], json!({"marketing": true, "utility": true, "authentication": true}));
    assert_eq!((&given["entries"][0]["source"], &given["entries"][0]["version"]), (&json!("operator"), &json!("7")));

    shop.ponte(&["consent", "withdraw", ANA, "--for", "any", "--text", "por telefone"]).await.ok();
    let shown = shop.ponte(&["consent", "show", ANA, "--json"]).await.ok().json();
    assert_eq!(shown["allowed"], json!({"marketing": false, "utility": false, "authentication": false}));
    assert_eq!(shown["entries"].as_array().map(Vec::len), Some(2), "nothing is overwritten");
    let table = shop.ponte(&["consent", "show", ANA]).await.ok().out;
    assert!(table.contains("may not be sent") && table.contains("Quero ofertas da Loja"), "{table}");
}

#[tokio::test]
async fn people_are_suppressed_and_taken_off_again() {
    let shop = Shop::new();
    shop.ponte(&["consent", "suppress", ANA, "--reason", "asked by letter"]).await.ok();
    let shown = shop.ponte(&["consent", "show", ANA, "--json"]).await.ok().json();
    assert_eq!((&shown["suppressed"], &shown["allowed"]["utility"]), (&json!("asked by letter"), &json!(false)));
    let said = shop.ponte(&["consent", "suppress", ANA, "--reason", "again"]).await.ok();
    assert!(said.err.contains("before"), "{}", said.err);
    let shown = shop.ponte(&["consent", "unsuppress", ANA, "--json"]).await.ok().json();
    assert_eq!((&shown["suppressed"], &shown["allowed"]["utility"]), (&json!(null), &json!(true)));
}

#[tokio::test]
async fn a_list_is_imported_whole_or_not_at_all() {
    let shop = Shop::new();
    let heading = "phone,purpose,at,text\n";
    let good = "5511911112222,marketing,2026-01-05T14:30:00-03:00,\"Sim, quero\"\n";
    let file = shop.write("list.csv", &format!("{heading}{good}5511,marketing,2026-01-05T14:30:00-03:00,sim\n"));
    shop.ponte(&["consent", "import", &file]).await.refused(&["list.csv", "1 of 2 lines", "line 3", "phone"]);
    shop.ponte(&["consent", "show", ANA]).await.refused(&["5511911112222"]);

    let file = shop.write("list.csv", &format!("{heading}{good}"));
    let checked = shop.ponte(&["consent", "import", &file, "--check", "--json"]).await.ok().json();
    assert_eq!(checked, json!({"read": 1, "new": 0}));
    shop.ponte(&["consent", "show", ANA]).await.refused(&["5511911112222"]);
    for new in [1, 0] {
        let imported = shop.ponte(&["consent", "import", &file, "--json"]).await.ok().json();
        assert_eq!(imported, json!({"read": 1, "new": new}));
    }
    let shown = shop.ponte(&["consent", "show", ANA, "--json"]).await.ok().json();
    assert_eq!(shown["entries"][0]["text"], "Sim, quero");
    assert_eq!(shown["allowed"]["marketing"], true);
}
