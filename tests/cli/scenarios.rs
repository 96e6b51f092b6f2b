//! `ponte test` and `ponte chat export`: scenarios as files.

use crate::shop::{Said, Shop, flow, root};

const NUMBER: &str = "106540352242922";

async fn test(shop: &Shop, args: &[&str]) -> Said {
    shop.ponte(&[&["test"], args].concat()).await
}

/// A scenario about triage, in the shop's folder.
fn about_triage(shop: &Shop, steps: &str) -> String {
    shop.write("chat.yaml", &format!("flow: {}\ncustomer: {{ name: Ana Prado }}\nsteps:\n{steps}", flow("triage")))
}

#[tokio::test]
async fn all_scenarios_of_the_repository_pass() {
    let shop = Shop::new();
    let (flows, chats) =
        (root().join("flows").display().to_string(), root().join("examples/chats").display().to_string());
    let said = test(&shop, &[&flows, &chats]).await.ok();
    for words in ["triage/scenarios/menu.yaml", "chats/vip-handoff.yaml", "scenarios passed"] {
        assert!(said.out.contains(words), "{words:?} is missing in:\n{}", said.out);
    }
    let said = test(&shop, &[&flows, "--filter", "urgent", "--json"]).await.ok();
    let report = said.json();
    assert_eq!((report["name"].as_str(), report["met"].as_u64()), (Some("urgent"), Some(5)), "{report}");
}

#[tokio::test]
async fn every_flow_survives_the_edge_cases() {
    let flows = root().join("flows").display().to_string();
    let said = test(&Shop::new(), &["--edge", &flows]).await.ok();
    for words in ["order-confirmation: an answer that gets lost, by day", "the host dies in the middle", "passed"] {
        assert!(said.out.contains(words), "{words:?} is missing in:\n{}", said.out);
    }
}

/// The connector of the examples, in the shop's folder.
fn about_parcels(shop: &Shop, http: &str, steps: &str) -> String {
    let package = root().join("examples/http-rust");
    assert!(package.join("plugin.wasm").is_file(), "`cargo xtask plugins http-rust` builds it");
    shop.write("chat.yaml", &format!("flow: {}\n{http}steps:\n{steps}", package.display()))
}

#[tokio::test]
async fn the_scenarios_of_the_connector_pass_with_answers_of_their_own() {
    let said = test(&Shop::new(), &[&root().join("examples/http-rust").display().to_string()]).await.ok();
    assert!(said.out.contains("2 scenarios passed"), "{}", said.out);
}

#[tokio::test]
async fn nothing_leaves_a_scenario_and_what_has_no_answer_is_told_with_the_words_to_write() {
    let shop = Shop::new();
    let steps = "  - customer: BR123456789BR\n  - expect: { reply: nothing like it }\n";
    let said = test(&shop, &[&about_parcels(&shop, "", steps)]).await;
    for words in [
        "outside   GET https://api.parcels.example/v1/parcels/BR123456789BR: no answer",
        "write one: http: { \"GET https://api.parcels.example/v1/parcels/BR123456789BR\": { status: 200, body: … } }",
        "A transportadora não responde agora",
    ] {
        assert!(said.out.contains(words), "{words:?} is missing in:\n{}", said.out);
    }
}

#[tokio::test]
async fn a_model_says_what_the_scenario_has_it_say() {
    let shop = Shop::new();
    let more = "[permissions.ai]\npt-BR = \"Teste.\"\nes = \"Prueba.\"\nen = \"Test.\"\n";
    let guest = ponte_tests::guests::asking_a_model();
    let package = ponte_tests::guests::package(&shop.path("packages"), "model", &guest, "skip", more);
    let package = package.display();
    let talk = "  - ai: [{ text: oi! }]\n  - customer: e agora?\n  - expect: { reply: oi! }\n";
    // Words from the beginning, and others later; or a model that has none at first; or no model at all.
    let scripted = format!(
        "flow: {package}\nai: [{{ contains: preço, text: custa 10 }}]\nsteps:\n  - customer: qual o preço?\n  \
         - expect: {{ reply: custa 10 }}\n{talk}"
    );
    let silent = format!("flow: {package}\nsteps:\n  - customer: oi\n  - expect: {{ reply: sem modelo }}\n");
    for (text, met) in [(scripted, 2), (format!("{silent}{talk}"), 2), (silent, 1)] {
        let said = test(&shop, &[&shop.write("chat.yaml", &text)]).await.ok();
        assert!(said.out.contains(&format!("{met} expectation")), "{}", said.out);
    }
}

#[tokio::test]
async fn on_the_way_to_a_later_moment_the_clock_stops_where_a_request_is_due_again() {
    let shop = Shop::new();
    let http = "http:\n  \"GET https://api.parcels.example/*\": { body: { status: in-transit } }\n\
                \x20 \"POST https://api.parcels.example/*\": { status: 503 }\n";
    let steps = "  - customer: BR123456789BR\n  - advance: 1m\n";
    let said = test(&shop, &[&about_parcels(&shop, http, steps), "--json"]).await.ok();
    let told = said.json()["told"].to_string();
    // At once, and 5, 15 and 35 seconds later.
    assert_eq!(told.matches("/v1/watch: 503").count(), 4, "{told}");
}

#[tokio::test]
async fn what_did_not_come_is_shown_with_the_chat_and_the_rule() {
    let shop = Shop::new();
    let steps = "  - customer: oi\n  - expect:\n      reply: { buttons: [Sim, Nao] }\n      owner: team\n";
    let (file, junit) = (about_triage(&shop, steps), shop.write("junit.xml", ""));
    let said = test(&shop, &[&file, "--junit", &junit]).await;
    assert_eq!(said.code, Some(1), "{said:#?}");
    for words in [
        "chat.yaml:5 (step 2)",
        "expected  a reply with the buttons \"Sim\", \"Nao\"",
        "but       its buttons are [\"Vendas\", \"Suporte\", \"Financeiro\"]",
        "decided   first-match",
        "expected  the owner: team",
        "but       it is nobody",
        "Tue 10:00  customer  oi",
        "1 of 1 scenario failed",
    ] {
        assert!(said.out.contains(words), "{words:?} is missing in:\n{}", said.out);
    }
    let xml = std::fs::read_to_string(&junit).unwrap();
    for words in ["tests=\"1\" failures=\"1\"", "<failure message=\"step 2: a reply with the buttons &quot;Sim&quot;"] {
        assert!(xml.contains(words), "{words:?} is missing in:\n{xml}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told_by_its_line_and_with_what_would_be_right() {
    let shop = Shop::new();
    for (steps, words) in [
        ("  - customer: oi\n  - expct: {}\n", &["chat.yaml:5", "no `expct`", "did you mean `expect`?"][..]),
        ("  - expect: { repply: oi }\n", &["chat.yaml:4", "no `repply`", "did you mean `reply`?"]),
        ("  - advance: soon\n", &["chat.yaml:4", "\"soon\" is no duration", "write 25h"]),
        ("  - customer: { colour: blue }\n", &["chat.yaml:4", "no `colour`", "sticker"]),
    ] {
        let said = test(&shop, &[&about_triage(&shop, steps)]).await;
        assert_eq!(said.code, Some(2), "{said:#?}");
        for word in words {
            assert!(said.out.contains(word), "{word:?} is missing in:\n{}", said.out);
        }
    }
    let lonely = shop.write("lonely.yaml", "steps:\n  - customer: oi\n");
    let said = test(&shop, &[&lonely]).await;
    assert!(said.out.contains("which flow is this about?"), "{said:#?}");
    let folder = shop.write("none.txt", "");
    let said = test(&shop, &[folder.trim_end_matches("/none.txt"), "--filter", "xyz"]).await;
    assert!(said.err.contains("no scenario has \"xyz\""), "{said:#?}");
}

#[tokio::test]
async fn where_nothing_can_be_played_the_code_is_another_than_where_something_failed() {
    let shop = Shop::new();
    shop.write("empty/readme.txt", "");
    shop.write("some/one.yaml", "steps: []\n");
    for (args, words) in [
        (&["empty"][..], "there is no scenario in empty"),
        (&["nowhere"], "there is no nowhere"),
        (&["some", "--filter", "xyz"], "no scenario has \"xyz\""),
        (&["--edge", "empty"], "there is no flow.toml in empty"),
    ] {
        let said = test(&shop, args).await;
        assert_eq!(said.code, Some(2), "{said:#?}");
        assert!(said.err.contains(words), "{said:#?}");
    }
}

/// A scenario in the folder of a flow that crashes at every message.
fn about_a_crash(shop: &Shop, steps: &str) -> String {
    let package =
        ponte_tests::guests::package(&shop.path("packages"), "broken", &ponte_tests::guests::trapping(), "skip", "");
    std::fs::create_dir_all(package.join("scenarios")).expect("a folder");
    shop.write("packages/broken/scenarios/chat.yaml", &format!("steps:\n{steps}"))
}

#[tokio::test]
async fn a_run_that_failed_is_told_with_what_did_not_come() {
    let shop = Shop::new();
    let file = about_a_crash(&shop, "  - customer: oi\n  - expect: { reply: { equals: Olá } }\n");
    let said = test(&shop, &[&file, "-v"]).await;
    assert_eq!(said.code, Some(1), "{said:#?}");
    for words in [
        "expected  a reply with exactly \"Olá\"",
        "but       none came (first-match)",
        "    run       broken failed (trap): crashed: ",
        "Tue 10:00  run       broken failed (trap): crashed: ",
    ] {
        assert!(said.out.contains(words), "{words:?} is missing in:\n{}", said.out);
    }
    let report = test(&shop, &[&file, "--json"]).await.json();
    assert_eq!(report["missed"].as_array().map(Vec::len), Some(1), "once is enough: {report}");
    for failed in [&report["failed"][0], &report["missed"][0]["failed"][0]] {
        assert_eq!((failed["flow"].as_str(), failed["outcome"].as_str()), (Some("broken"), Some("trap")), "{report}");
        assert!(failed["why"].as_str().unwrap_or_default().contains("crashed"), "{report}");
    }
}

#[tokio::test]
async fn a_run_that_failed_is_no_success_unless_it_was_expected() {
    let shop = Shop::new();
    for (steps, code, words) in [
        ("  - expect: { silence: any }\n", 1, "expected  a run that ends well, or `run: trap` right after it"),
        ("  - expect: { silence: first-match }\n", 1, "but       broken failed (trap): crashed: "),
        ("  - expect: { state: { seen: null } }\n  - advance: 1h\n", 1, "chat.yaml:2 (step 1)"),
        ("", 1, "broken failed (trap)"),
        ("  - expect: { silence: any }\n  - restart\n  - expect: { run: trap }\n", 1, "chat.yaml:2 (step 1)"),
        ("  - expect: { silence: any, run: trap }\n", 0, "2 met"),
        ("  - expect: { silence: any }\n  - expect: { run: trap }\n", 0, "2 met"),
        ("  - expect: { run: deadline }\n", 1, "but       it is trap (crashed: "),
    ] {
        let file = about_a_crash(&shop, &format!("  - customer: oi\n{steps}"));
        let said = test(&shop, &[&file]).await;
        assert_eq!(said.code, Some(code), "{steps}{said:#?}");
        assert!(said.out.contains(words), "{words:?} is missing in:\n{}", said.out);
    }
}

#[tokio::test]
async fn a_chat_names_the_package_that_it_is_in_as_its_manifest_does() {
    let shop = Shop::new();
    let component = ponte_tests::guests::echoing();
    let package = ponte_tests::guests::package(&shop.path("packages"), "echo", &component, "skip", "");
    std::fs::rename(&package, shop.path("packages/here")).expect("another folder");
    let chat = |name: &str| {
        let text = format!("flows: [{name}]\nsteps:\n  - customer: oi\n  - expect: {{ reply: oi }}\n");
        shop.write("packages/here/scenarios/had.yaml", &text)
    };
    test(&shop, &[&chat("echo")]).await.ok();
    let said = test(&shop, &[&chat("other")]).await;
    assert_eq!(said.code, Some(2), "{said:#?}");
    assert!(said.out.contains("there is no flow \"other\""), "{said:#?}");
}

#[tokio::test]
async fn a_chat_that_was_had_becomes_a_scenario_that_passes_and_names_nobody() {
    let shop = Shop::new();
    let steps = "  - customer: \"Oi, sou a Ana Prado, CPF 123.456.789-09\"\n\
                 \x20 - advance: 2m\n\
                 \x20 - customer: quero fazer uma troca, ana@mail.com\n\
                 \x20 - customer: { image: a etiqueta da Ana }\n\
                 \x20 - phone: \"Oi Ana, deixa comigo\"\n\
                 \x20 - advance: 48h\n\
                 \x20 - customer: bom dia\n\
                 \x20 - tap: Vendas\n";
    let file = about_triage(&shop, steps);
    let data = shop.write("data/none", "");
    let data = data.trim_end_matches("/none");
    shop.ponte(&[
        "demo",
        "--script",
        &file,
        "--flows",
        &root().join("flows").display().to_string(),
        "--data-dir",
        data,
    ])
    .await
    .ok();
    let conversation = format!("{NUMBER}/+55 11 98765-4321");
    for keep in [&[][..], &["--keep-text"]] {
        let args = [&["chat", "export", &conversation], keep].concat();
        let yaml = shop.ponte(&args).await.ok().out;
        for secret in ["Ana", "Prado", "123.456", "ana@mail", "98765"] {
            assert!(!yaml.contains(secret), "{secret:?} is in:\n{yaml}");
        }
        assert_eq!(yaml.contains("etiqueta"), !keep.is_empty(), "{yaml}");
        let here = yaml.replace("- triage\n", &format!("- {}\n", flow("triage")));
        let said = test(&shop, &[&shop.write("exported.yaml", &here)]).await.ok();
        assert!(said.out.contains("1 scenario passed, 5 expectations met"), "{}\n{yaml}", said.out);
    }
}
