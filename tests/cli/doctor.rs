//! `ponte doctor`: what is wrong, and what to do about it.

use crate::shop::{CLOSED, NUMBER, Shop, WABA};

#[tokio::test]
async fn a_complete_setup_is_well() {
    let (shop, _whatsapp) = Shop::on_whatsapp().await;
    shop.install("after-hours", CLOSED).await;
    let said = shop.ponte(&["doctor"]).await.ok();
    assert!(said.out.contains("all is well") && !said.out.contains('✗'), "{}", said.out);
    for words in [NUMBER, "coexistence, quality GREEN, 1000 messages a second", "after-hours 0.1.0 (active)"] {
        assert!(said.out.contains(words), "{words:?} is missing in:\n{}", said.out);
    }
}

/// The lines about what is wrong.
async fn ills(shop: &Shop) -> Vec<String> {
    let said = shop.ponte(&["doctor"]).await;
    assert_eq!(said.code, Some(1), "{said:#?}");
    let ills: Vec<_> = said.out.lines().filter(|line| line.contains('✗')).map(str::to_owned).collect();
    assert!(said.out.ends_with(&format!("{} to be mended\n", ills.len())), "{}", said.out);
    ills
}

#[tokio::test]
async fn what_is_missing_is_named_with_what_to_do() {
    let (mut shop, whatsapp) = Shop::on_whatsapp().await;
    whatsapp.set_token(NUMBER, "another-token");
    let found = ills(&shop).await;
    assert!(found.len() == 1 && found[0].contains("the Graph API does not answer for it"), "{found:#?}");

    shop.unset("PONTE_ACCESS_TOKEN");
    let found = ills(&shop).await;
    assert!(found.len() == 1 && found[0].contains("or PONTE_ACCESS_TOKEN"), "{found:#?}");

    shop.unset("PONTE_VERIFY_TOKEN");
    shop.unset("PONTE_APP_SECRET");
    let found = ills(&shop).await.join("\n");
    for words in ["set PONTE_VERIFY_TOKEN", "set PONTE_APP_SECRET"] {
        assert!(found.contains(words), "{words:?} is missing in:\n{found}");
    }

    shop.set("PONTE_LISTEN", "here");
    let found = ills(&shop).await;
    assert!(found.len() == 1 && found[0].contains("PONTE_LISTEN"), "{found:#?}");

    let found = ills(&Shop::new()).await;
    assert!(found.len() == 1 && found[0].contains("ponte number add"), "{found:#?}");
}

#[tokio::test]
async fn a_number_that_lives_elsewhere_is_told() {
    let (shop, _whatsapp) = Shop::on_whatsapp().await;
    shop.ponte(&["number", "add", NUMBER, "--waba", WABA, "--mode", "api"]).await.ok();
    let found = ills(&shop).await;
    assert_eq!(found.len(), 1, "{found:#?}");
    for words in ["registered as api", "lives on a phone too", &format!("ponte number add {NUMBER} --mode")] {
        assert!(found[0].contains(words), "{words:?} is missing in: {}", found[0]);
    }
    // The phone alone is nothing that Meta could contradict.
    shop.ponte(&["number", "add", NUMBER, "--waba", WABA, "--mode", "app"]).await.ok();
    shop.ponte(&["doctor"]).await.ok();
}
