//! `ponte money`: estimates by the operator's own card, budgets, and the report of what was sent.

use serde_json::json;

use crate::shop::{CLOSED, NUMBER, Shop, WABA, reply, root};

/// A shop that has the example rates.
fn with_rates(shop: &mut Shop) {
    let rates = std::fs::read_to_string(root().join("examples/rates.toml")).expect("the example rates");
    let path = shop.write("rates.toml", &rates);
    shop.set("PONTE_RATES", &path);
}

#[tokio::test]
async fn an_estimate_says_the_price_or_why_nobody_knows_it() {
    let mut shop = Shop::new();
    let ask = ["money", "estimate", "--to", "+55 11 98765-4321", "--category"];
    let utility = [&ask[..], &["utility", "--at", "2026-11-23T12:00:00Z"]].concat();
    let said = shop.ponte(&utility).await.ok();
    assert!(
        said.out.contains("Brazil") && said.out.contains("unknown: ") && said.out.contains("rates"),
        "{}",
        said.out
    );

    with_rates(&mut shop);
    let said = shop.ponte(&utility).await.ok();
    assert!(said.out.contains("charged: BRL 0.05"), "{}", said.out);
    assert!(said.err.contains("example rates, not Meta's"), "{}", said.err);
    let in_window = [&ask[..], &["utility", "--window-open", "--at", "2026-09-30T12:00:00Z"]].concat();
    assert!(shop.ponte(&in_window).await.ok().out.contains("free: "));
    let told =
        shop.ponte(&[&ask[..], &["marketing", "--json", "--at", "2026-11-23T12:00:00Z"]].concat()).await.ok().json();
    assert_eq!((&told["price_micros"], &told["market"]), (&json!(400_000), &json!("Brazil")));
    shop.ponte(&[&ask[..], &["gossip"]].concat()).await.refused(&["--category", "marketing", "service"]);
    shop.ponte(&[&ask[..], &["service", "--from", "9"]].concat()).await.refused(&["--from", "9", "number list"]);
    let broken = shop.write("broken.toml", "[[crad]]\n");
    shop.set("PONTE_RATES", &broken);
    shop.ponte(&utility).await.refused(&["broken.toml", "crad"]);
}

#[tokio::test]
async fn what_many_people_cost_and_take_is_told_before_they_are_written_to() {
    let mut shop = Shop::new();
    with_rates(&mut shop);
    shop.ponte(&["number", "add", NUMBER]).await.ok();
    let many = ["money", "estimate", "--to", "5511987654321", "--category", "marketing", "--people", "10000"];
    let ask = [&many[..], &["--at", "2026-11-23T12:00:00Z"]].concat();
    let said = shop.ponte(&ask).await.ok();
    for words in
        ["10000 people: BRL 4000", "37 min at least, at 5 messages a second", "40 days for those who have not written"]
    {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
    let told = shop.ponte(&[&ask[..], &["--json"]].concat()).await.ok().json();
    assert_eq!(
        told["people"],
        json!({"count": 10_000, "throughput": 5, "seconds": 2_200, "days": 40,
        "total_micros": 4_000_000_000_i64})
    );
    // Faster, as soon as the number is.
    shop.ponte(&["number", "add", NUMBER, "--mode", "api", "--throughput", "80"]).await.ok();
    assert!(shop.ponte(&ask).await.ok().out.contains("3 min at least, at 80 messages a second"));
}

#[tokio::test]
async fn a_budget_is_set_listed_and_lifted() {
    let shop = Shop::new();
    let set = |of: &'static str, hard: &'static str| {
        ["money", "budget", "set", "--number", of, "--currency", "brl", "--hard", hard]
    };
    shop.ponte(&set(NUMBER, "5.00")).await.refused(&["there is no number", "number list"]);
    shop.ponte(&["number", "add", NUMBER, "--currency", "BRL", "--timezone", "America/Sao_Paulo"]).await.ok();
    let numbers = shop.ponte(&["number", "list", "--json"]).await.ok().json();
    assert_eq!(numbers[0]["config"]["billing"], json!({"currency": "BRL", "timezone": "America/Sao_Paulo"}));
    shop.ponte(&["number", "add", NUMBER, "--timezone", "Brasilia"]).await.refused(&["--timezone", "IANA"]);
    shop.ponte(&set(NUMBER, "5,00")).await.refused(&["--hard", "decimal"]);
    shop.ponte(&[&set(NUMBER, "5.00")[..], &["--soft", "6"]].concat()).await.refused(&["--soft"]);
    shop.ponte(&set(NUMBER, "5.00")).await.ok();
    let list = shop.ponte(&["money", "budget", "list", "--json"]).await.ok().json();
    let of = json!({"scope": "number", "id": NUMBER});
    assert_eq!(list, json!([{"of": of, "a_day": {"currency": "BRL", "hard": 5_000_000}}]));
    shop.ponte(&["money", "budget", "remove", "--number", NUMBER]).await.ok();
    shop.ponte(&["money", "budget", "remove", "--number", NUMBER]).await.refused(&["has no budget"]);
}

#[tokio::test]
async fn the_report_counts_what_was_sent_what_it_cost_and_what_was_free() {
    let (mut shop, whatsapp) = Shop::on_whatsapp().await;
    with_rates(&mut shop);
    shop.ponte(&["number", "add", NUMBER, "--waba", WABA, "--currency", "BRL"]).await.ok();
    shop.install("after-hours", CLOSED).await;
    let serving = shop.serve().await;
    whatsapp.verify_webhook().await.expect("the handshake");
    let ana = whatsapp.customer("5511987654321");
    ana.writes("oi").await;
    reply(&ana).await;
    assert_eq!(serving.terminate().await, Some(0));
    for (by, name) in [("flow", "after-hours"), ("number", NUMBER), ("category", "service")] {
        let report = shop.ponte(&["money", "report", "--by", by, "--json"]).await.ok().json();
        let line = &report["lines"][name];
        assert_eq!(line["sent"], json!(1), "{report}");
        assert_eq!(line["charged"]["messages"], json!(0), "the month's first messages are free: {report}");
    }
    let said = shop.ponte(&["money", "report"]).await.ok();
    assert!(said.out.contains("CHARGED") && said.out.contains("(all)"), "{}", said.out);
    let empty = shop.ponte(&["money", "report", "--month", "2020-01", "--json"]).await.ok().json();
    assert_eq!(empty["total"]["sent"], json!(0));
    shop.ponte(&["money", "report", "--month", "January"]).await.refused(&["--month", "2026-10"]);
}
