//! `ponte run list`, `show` and `replay`: what a flow did, why, and what another would have done.

use crate::shop::{CLOSED, NUMBER, Shop, flow, reply, root};

const ANA: &str = "5511987654321";
const BIA: &str = "5511987654322";

/// A shop whose flow answered two customers, and which is closed again.
async fn shop() -> Shop {
    let (shop, whatsapp) = Shop::on_whatsapp().await;
    shop.install("after-hours", CLOSED).await;
    let serving = shop.serve().await;
    for phone in [ANA, BIA] {
        let customer = whatsapp.customer(phone);
        customer.is_called("Ana");
        customer.writes("vocês têm o tamanho 38?").await;
        reply(&customer).await;
    }
    serving.terminate().await;
    shop
}

/// The after-hours flow with other words.
fn other_words(shop: &Shop) -> String {
    let folder = shop.path("other");
    for part in
        ["flow.toml", "settings.schema.json", "plugin.wasm", "texts/pt-BR.toml", "texts/es.toml", "texts/en.toml"]
    {
        let to = folder.join(part);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        std::fs::copy(root().join("flows/after-hours").join(part), to).expect("a copy");
    }
    let texts = folder.join("texts/pt-BR.toml");
    let text = std::fs::read_to_string(&texts).expect("texts").replace("estamos fechados", "a loja está fechada");
    std::fs::write(&texts, text).expect("texts");
    folder.display().to_string()
}

#[tokio::test]
async fn a_run_is_listed_told_and_run_again_and_another_plugin_is_compared_with_it() {
    let shop = shop().await;
    let listed = shop.ponte(&["run", "list", "--json"]).await.ok().json();
    let runs: Vec<_> = listed.as_array().unwrap().iter().map(|run| run["run"].as_str().unwrap().to_owned()).collect();
    assert_eq!(runs.len(), 2);
    assert!(listed[0]["recording_bytes"].as_u64().unwrap() > 100);
    let list = shop.ponte(&["run", "list", "--flow", "after-hours", "--outcome", "done"]).await.ok();
    assert!(list.out.contains(&runs[1]) && list.out.contains("fechados") && list.err.contains("2 runs"), "{list:?}");
    let chat = format!("{NUMBER}/{ANA}");
    assert!(shop.ponte(&["run", "list", "--conversation", &chat]).await.ok().err.contains("1 runs"));
    assert!(shop.ponte(&["run", "list", "--outcome", "trap"]).await.ok().err.contains("0 runs"));

    // The story, by the end of the id.
    let tail = &runs[1][runs[1].len() - 8..];
    let story = shop.ponte(&["run", "show", tail]).await.ok().out;
    for words in [
        &runs[1],
        "tamanho 38?",
        "from Ana 5511987654321",
        "after-hours 0.1.0 by the rule `",
        "done",
        "of CPU",
        "setting language → \"auto\"",
        "began     owner nobody, window open until",
        "state conversation answered → nothing",
        "send to con_",
        "→ allowed",
        "state conversation/answered = ",
        "what became of its messages",
        "ponte run replay run_",
    ] {
        assert!(story.contains(words), "{words:?} is missing:\n{story}");
    }
    assert!(story.contains("by after-hours"), "{story}");
    let told = shop.ponte(&["run", "show", &runs[1], "--json"]).await.ok().json();
    assert_eq!(told["recording"]["event"]["body"]["content"]["content"]["body"], "vocês têm o tamanho 38?");
    assert_eq!(told["messages"].as_array().unwrap().len(), 1);

    // Again, with the same plugin.
    let again = shop.ponte(&["run", "replay", &runs[0]]).await.ok().out;
    assert!(again.contains("the same, bit for bit") && again.contains("1 run(s): 1 the same"), "{again}");
    let again = shop.ponte(&["run", "replay", "--last", "9", "--json"]).await.ok().json();
    assert_eq!(
        (again["runs"].as_u64(), again["same"].as_u64(), again["different"].as_u64()),
        (Some(2), Some(2), Some(0))
    );

    // With other words: both differ, in the words alone, and nothing was sent.
    let sent = shop.ponte(&["outbox", "list", "--json"]).await.ok().out;
    let other = other_words(&shop);
    let compared = shop.ponte(&["run", "replay", "--flow", "after-hours", "--with", &other]).await;
    assert_eq!(compared.code, Some(1), "{compared:?}");
    let line = |mark: &str, words: &str| {
        compared.out.lines().any(|line| line.trim_start().starts_with(mark) && line.contains(words))
    };
    assert!(line("- send", "estamos fechados") && line("+ send", "a loja está fechada"), "{}", compared.out);
    assert!(compared.out.contains("2 run(s): 0 the same, 2 differ"), "{}", compared.out);
    assert!(compared.out.contains("judged as what was sent to the same person"), "{}", compared.out);
    assert_eq!(shop.ponte(&["outbox", "list", "--json"]).await.ok().out, sent, "nothing was sent");
    let same = shop.ponte(&["run", "replay", "--last", "2", "--with", &flow("after-hours")]).await.ok();
    assert!(same.out.contains("2 the same"), "{}", same.out);
}

#[tokio::test]
async fn mistakes_are_told_with_what_to_do() {
    let shop = shop().await;
    shop.ponte(&["run", "show", "run_"]).await.refused(&["\"run_\" may be run_", "write more of it"]);
    shop.ponte(&["run", "show", "abc"]).await.refused(&["too short"]);
    shop.ponte(&["run", "show", "nothing-like-it"]).await.refused(&["no run", "ponte run list"]);
    shop.ponte(&["run", "replay"]).await.refused(&["which runs?", "--last"]);
    shop.ponte(&["run", "replay", "--flow", "none"]).await.refused(&["no such run was recorded", "ponte run list"]);
    shop.ponte(&["run", "list", "--conversation", NUMBER]).await.refused(&["a slash"]);
    let nonsense = shop.write("nonsense.wasm", "no component");
    shop.ponte(&["run", "replay", "--last", "1", "--with", &nonsense]).await.refused(&["the plugin cannot run"]);
    let missing = shop.path("gone.wasm").display().to_string();
    shop.ponte(&["run", "replay", "--last", "1", "--with", &missing]).await.refused(&["cannot read", "gone.wasm"]);
    let config = shop.write("ponte.toml", "[recordings]\nkeep_days = 0\n");
    shop.ponte(&["--config", &config, "run", "list"]).await.refused(&["keep_days = 0", "off = true"]);
}
