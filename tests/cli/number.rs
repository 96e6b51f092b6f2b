//! `ponte number show`, `pause`, `resume`, `app-only`.

use crate::shop::{NUMBER, Shop, WABA};

#[tokio::test]
async fn a_number_tells_how_it_stands_and_what_to_do_next() {
    let shop = Shop::new();
    shop.ponte(&["number", "show", NUMBER]).await.refused(&["not registered", "ponte number list"]);
    shop.ponte(&["number", "add", NUMBER, "--waba", WABA]).await.ok();
    let told = shop.ponte(&["number", "show", NUMBER]).await.ok().out;
    for words in ["connected", "everything", "no sign of the phone", "meta:", "unknown", "next"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(!told.contains("echo-blind"), "{told}");
    let spanish = shop.ponte(&["number", "show", NUMBER, "--language", "es"]).await.ok().out;
    assert!(spanish.contains("ninguna señal del teléfono"), "{spanish}");
    let json = shop.ponte(&["number", "show", NUMBER, "--json"]).await.ok().json();
    assert_eq!((&json["state"], &json["phone"]["quiet_days"]), (&"connected".into(), &0.into()));
    let list = shop.ponte(&["number", "list"]).await.ok().out;
    assert!(list.contains("ready; no sign of the phone since it was registered 0 days ago"), "{list}");
}

#[tokio::test]
async fn a_number_whose_provider_passes_on_no_echoes_says_so() {
    let shop = Shop::new();
    let add = ["number", "add", NUMBER, "--profile", "zenvia-like", "--echo-blind-minutes", "20"];
    shop.ponte(&add).await.ok();
    let told = shop.ponte(&["number", "show", NUMBER]).await.ok().out;
    for words in ["zenvia-like", "not passed on  echoes", "flows speak outside business hours, or 20 minutes"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let wrong = ["number", "add", NUMBER, "--profile", "nonsense"];
    shop.ponte(&wrong).await.refused(&["--profile", "nonsense", "meta", "zenvia-like"]);
}

#[tokio::test]
async fn a_number_is_paused_resumed_and_left_to_the_phone() {
    let shop = Shop::new();
    shop.ponte(&["number", "pause", NUMBER]).await.refused(&["not registered", "ponte number add"]);
    shop.ponte(&["number", "add", NUMBER]).await.ok();
    shop.ponte(&["number", "pause", NUMBER, "--why", "stock-taking"]).await.ok();
    let told = shop.ponte(&["number", "show", NUMBER]).await.ok().out;
    for words in ["paused by the operator: stock-taking", "nothing; messages wait", "connected -> paused  pause"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    // To register it anew lifts nothing.
    shop.ponte(&["number", "add", NUMBER, "--throughput", "20"]).await.ok();
    assert!(shop.ponte(&["number", "list"]).await.ok().out.contains("stock-taking"));
    shop.ponte(&["number", "resume", NUMBER]).await.ok();
    let again = shop.ponte(&["number", "resume", NUMBER]).await.ok();
    assert!(again.err.contains("already"), "{}", again.err);
    shop.ponte(&["number", "app-only", NUMBER, "on"]).await.ok();
    let json = shop.ponte(&["number", "show", NUMBER, "--json"]).await.ok().json();
    assert_eq!((&json["state"], &json["app_only"]), (&"connected".into(), &true.into()));
    shop.ponte(&["number", "app-only", NUMBER, "off"]).await.ok();
    let json = shop.ponte(&["number", "show", NUMBER, "--json"]).await.ok().json();
    assert_eq!(json["app_only"], false);
}

#[tokio::test]
async fn what_changes_for_the_people_at_the_phone_is_told_in_their_language() {
    let shop = Shop::new();
    shop.ponte(&["number", "changes", NUMBER]).await.refused(&["not registered", "ponte number add"]);
    shop.ponte(&["number", "add", NUMBER]).await.ok();
    let told = shop.ponte(&["number", "changes", NUMBER, "--language", "pt-BR"]).await.ok().out;
    for words in ["O que muda para você", "Deixa de funcionar", "listas de transmissão"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let json = shop.ponte(&["number", "changes", NUMBER, "--json"]).await.ok().json();
    assert_eq!(json["sections"][0]["becomes"], "seen");
    // Without echoes automation does not see who answers; without an app there is nobody to tell.
    shop.ponte(&["number", "add", NUMBER, "--profile", "zenvia-like"]).await.ok();
    let json = shop.ponte(&["number", "changes", NUMBER, "--json"]).await.ok().json();
    assert_eq!(json["sections"][0]["becomes"], "phone-only");
    shop.ponte(&["number", "add", NUMBER, "--mode", "api", "--throughput", "80"]).await.ok();
    let told = shop.ponte(&["number", "changes", NUMBER, "--language", "es"]).await.ok().out;
    assert!(told.contains("vive solo en la API"), "{told}");
}

#[tokio::test]
async fn a_mode_that_contradicts_the_rest_is_refused_and_a_pace_that_the_page_doubts_is_said() {
    let shop = Shop::new();
    let blind = ["number", "add", NUMBER, "--mode", "api", "--echo-blind-minutes", "20"];
    shop.ponte(&blind).await.refused(&["--echo-blind-minutes", "has no phone"]);
    shop.ponte(&["number", "show", NUMBER]).await.refused(&["not registered"]);
    let said = shop.ponte(&["number", "add", NUMBER, "--throughput", "80"]).await.ok();
    assert!(said.err.contains("fixed at 20 messages a second"), "{}", said.err);
}

#[tokio::test]
async fn what_a_number_may_send_is_changed_and_everything_else_stays() {
    let shop = Shop::new();
    shop.ponte(&["number", "set", NUMBER, "--throughput", "20"]).await.refused(&["not registered", "ponte number add"]);
    shop.ponte(&["number", "add", NUMBER, "--unit", "centro"]).await.ok();
    shop.ponte(&["number", "add", "2002"]).await.ok();
    shop.ponte(&["number", "set", NUMBER]).await.refused(&["--throughput", "--daily-reach"]);
    shop.ponte(&["number", "set", NUMBER, "--daily-reach", "many"]).await.refused(&["--daily-reach", "unlimited"]);
    shop.ponte(&["number", "set", NUMBER, "--throughput", "20", "--daily-reach", "2000"]).await.ok();
    // To register it anew takes no tier back.
    shop.ponte(&["number", "add", NUMBER, "--unit", "centro", "--throughput", "20"]).await.ok();
    let numbers = shop.ponte(&["number", "list", "--json"]).await.ok().json();
    let config = &numbers[0]["config"];
    assert_eq!(
        (&config["throughput"], &config["daily_reach"], &config["unit"]),
        (&20.into(), &2000.into(), &"centro".into())
    );
    assert_eq!(numbers[1]["config"]["daily_reach"], 2000, "the tenant's numbers share it");
}
