//! `ponte conversation release`, `take`, `show`, and `ponte number phone`: who speaks, and why.

use std::time::Duration;

use serde_json::json;

use crate::shop::{CLOSED, NUMBER, Shop, reply, until};

const ANA: &str = "5511987654321";
const GREETING: &str = "Olá! Que bom falar com você.";

#[tokio::test]
async fn what_the_phones_part_means_is_set_shown_and_kept() {
    let shop = Shop::new();
    shop.ponte(&["number", "phone", NUMBER]).await.refused(&["not registered", "ponte number add"]);
    shop.ponte(&["number", "add", NUMBER]).await.ok();
    let shown = shop.ponte(&["number", "phone", NUMBER]).await.ok();
    assert!(shown.out.contains("12 h after the last word of people"), "{}", shown.out);
    assert!(!shown.err.contains("is changed"), "{}", shown.err);

    let daily = ["number", "phone", NUMBER, "--release-daily", "19:00"];
    shop.ponte(&daily).await.refused(&["in which zone", "--timezone"]);
    shop.ponte(&["number", "phone", NUMBER, "--release-daily", "7pm"]).await.refused(&["--release-daily", "18:30"]);
    shop.ponte(&["number", "phone", NUMBER, "--release-after", "soon"]).await.refused(&["--release-after", "90m"]);
    let set = [
        &daily[..],
        &["--timezone", "America/Sao_Paulo", "--release-after", "90m", "--release-at-closing", "on"],
        &["--release-keyword", "#bot", "--release-keyword", "robô", "--greeting-text", GREETING],
        &["--away-text", "Fechado.", "--learn-texts", "off"],
    ];
    let shown = shop.ponte(&set.concat()).await.ok().out;
    for words in [
        "90 min after",
        "at 19:00 (America/Sao_Paulo)",
        "when the shop closes",
        "by writing \"#bot\"",
        "\"robô\"",
        GREETING,
        "\"Fechado.\"",
        "not learned",
    ] {
        assert!(shown.contains(words), "{words:?} is missing:\n{shown}");
    }
    // One thing changed leaves the rest, and so does registering the number anew.
    shop.ponte(&["number", "phone", NUMBER, "--release-keyword", ""]).await.ok();
    shop.ponte(&["number", "add", NUMBER, "--timezone", "America/Sao_Paulo", "--sector", "support"]).await.ok();
    let kept = shop.ponte(&["number", "phone", NUMBER, "--json"]).await.ok().json();
    assert_eq!(kept["release_after_minutes"], 90);
    assert_eq!((&kept["release_daily"], &kept["release_keywords"]), (&json!("19:00"), &json!(null)));
    assert_eq!((&kept["away_texts"], &kept["learn_texts"]), (&json!(["Fechado."]), &json!(false)));
    assert!(shop.ponte(&["number", "show", NUMBER]).await.ok().out.contains("90 min after"));
}

#[tokio::test]
async fn one_screen_tells_who_spoke_when_and_an_operator_gives_back_and_takes() {
    let (shop, whatsapp) = Shop::on_whatsapp().await;
    shop.install("after-hours", CLOSED).await;
    let phone = ["number", "phone", NUMBER, "--greeting-text", GREETING, "--release-keyword", "#bot"];
    shop.ponte(&phone).await.ok();
    let _serving = shop.serve().await;
    let (ana, owner) = (whatsapp.customer(ANA), whatsapp.business_phone(NUMBER).expect("a phone"));
    let screen = async || shop.ponte(&["conversation", "show", NUMBER, ANA, "--last", "20"]).await.ok().out;
    let shows = async |words: &str| {
        until(words, async || screen().await.contains(words).then_some(())).await;
    };
    shop.ponte(&["conversation", "release", NUMBER, ANA]).await.refused(&["nothing was ever heard of"]);
    shop.ponte(&["conversation", "take", "999", ANA]).await.refused(&["not registered"]);

    // The platform tells late of the owner, and the bot speaks in between.
    whatsapp.faults(|plan| plan.echo_delay = Duration::from_secs(4));
    owner.writes(ANA, "oi, aqui é a dona").await;
    ponte_clock::pause(Duration::from_millis(1_200)).await;
    ana.writes("oi").await;
    reply(&ana).await;
    shows("→ collision: known ").await;
    let lines = screen().await;
    let place = |words: &str| lines.find(words).unwrap_or_else(|| panic!("{words:?} is missing:\n{lines}"));
    let (newest, middle, oldest) = (place("by after-hours"), place("by customer"), place("→ collision"));
    assert!(newest < middle && middle < oldest, "in the order in which things happened:\n{lines}");
    assert!(lines.contains("owner         app until") && lines.contains("long enough"), "{lines}");
    assert!(shop.metric("ponte_collisions_total").await >= 1.0);
    assert!(shop.metric("ponte_echo_lag_seconds_count").await >= 1.0);

    whatsapp.faults(|plan| plan.echo_delay = Duration::ZERO);
    let said = shop.ponte(&["conversation", "release", NUMBER, ANA, "--by", "bia"]).await.ok().err;
    assert!(said.contains("is to be given back"), "{said}");
    shows("→ released: by bia").await;
    shows("owner         nobody").await;
    owner.writes(ANA, GREETING).await;
    shows("by app, automatic → automatic: the greeting text that is set for the number").await;
    shows("owner         nobody").await;
    shop.ponte(&["conversation", "take", NUMBER, ANA, "--for", "team"]).await.ok();
    shows("owner         team until").await;
    let whole = shop.ponte(&["conversation", "show", NUMBER, ANA, "--json"]).await.ok().json();
    assert_eq!(
        (&whole["owner"], &whole["held_by"], &whole["elsewhere"]),
        (&json!("team"), &json!(null), &json!(false))
    );
    assert_eq!(whole["decisions"][0]["by"], "operator");
    ponte_clock::pause(Duration::from_millis(1_100)).await;
    owner.writes(ANA, "#BOT").await;
    shows("→ released-by-keyword: by \"#bot\"").await;
    shows("owner         nobody").await;
}
