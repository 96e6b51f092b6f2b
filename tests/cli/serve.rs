//! `ponte serve` as a real process, between a simulated WhatsApp and the people on it.

use std::time::Duration;

use ponte_simulator::Writer;

use crate::shop::{CLOSED, NUMBER, SECRET, Shop, VERIFY, replies, reply, until};

/// Meta's handshake.
fn handshake(token: &str) -> String {
    format!("/webhooks/whatsapp?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}")
}

#[tokio::test]
async fn it_says_that_it_lives_and_takes_only_what_meta_signed() {
    let (shop, _whatsapp) = Shop::on_whatsapp().await;
    let _serving = shop.serve().await;
    assert_eq!(shop.get("/livez").await, (200, "ok\n".to_owned()));
    assert_eq!(shop.get("/readyz").await, (200, "ready\n".to_owned()));

    assert_eq!(shop.get(&handshake(VERIFY)).await, (200, "1158201444".to_owned()));
    let (status, words) = shop.get(&handshake("guessed")).await;
    assert_eq!(status, 403);
    assert!(!words.contains("1158201444") && !words.contains(VERIFY), "{words}");

    let empty = br#"{"object":"whatsapp_business_account","entry":[]}"#;
    let limit = 4 * 1024 * 1024;
    for (what, body, secret, status) in [
        ("a good one", empty.to_vec(), SECRET, 200),
        ("a forged one", empty.to_vec(), "guessed", 401),
        ("no JSON", b"nonsense".to_vec(), SECRET, 400),
        ("no JSON, of the largest size", vec![b' '; limit], SECRET, 400),
        ("one byte more", vec![b' '; limit + 1], SECRET, 413),
    ] {
        assert_eq!(shop.post(body, secret).await, status, "{what}");
    }
    let unsigned = reqwest::Client::new().post(shop.url("/webhooks/whatsapp")).body(empty.to_vec());
    assert_eq!(unsigned.send().await.expect("ponte answers").status().as_u16(), 401, "no signature");

    for (status, count) in [("200", 1.0), ("401", 2.0), ("400", 2.0)] {
        assert_eq!(shop.metric(&format!("ponte_webhooks_total{{status=\"{status}\"}}")).await, count, "{status}");
    }
}

#[tokio::test]
async fn a_customer_is_answered_until_the_owner_writes_from_the_phone() {
    let (shop, whatsapp) = Shop::on_whatsapp().await;
    shop.install("after-hours", CLOSED).await;
    let _serving = shop.serve().await;
    whatsapp.verify_webhook().await.expect("the handshake");

    let ana = whatsapp.customer("5511987654321");
    ana.writes("oi, tem 38?").await;
    assert!(reply(&ana).await.contains("No momento estamos fechados"));

    // The owner speaks with Bia: no flow does.
    let bia = whatsapp.customer("5511987654322");
    let phone = whatsapp.business_phone(NUMBER).expect("the number is on a phone");
    phone.writes(bia.phone().clone(), "oi Bia, chegou seu pedido").await;
    bia.writes("que bom!").await;
    shop.until_metric("ponte_routed_total{rule=\"owned-by-app\"}", 1.0).await;
    assert_eq!(bia.inbox().iter().map(|message| message.by).collect::<Vec<_>>(), [Writer::App]);

    // Caio comes after Bia, and is answered: so Bia would have been by now.
    let caio = whatsapp.customer("5511987654323");
    caio.writes("oi").await;
    reply(&caio).await;
    assert_eq!(replies(&bia), [""; 0]);
    assert_eq!(shop.metric("ponte_runs_total{flow=\"after-hours\",outcome=\"done\"}").await, 2.0);
    assert_eq!(whatsapp.refusals().len(), 0, "WhatsApp never had to refuse");
}

#[tokio::test]
async fn flows_that_come_and_go_while_it_runs_are_noticed() {
    let (shop, whatsapp) = Shop::on_whatsapp().await;
    let _serving = shop.serve().await;
    let early = whatsapp.customer("5511987654321");
    early.writes("oi").await;
    shop.until_metric("ponte_routed_total{rule=\"no-flow\"}", 1.0).await;

    let anew = async |times: usize| {
        until("a change is noticed", async || (shop.log().matches("read anew").count() >= times).then_some(())).await;
    };
    shop.install("after-hours", CLOSED).await;
    anew(1).await;
    let late = whatsapp.customer("5511987654322");
    late.writes("oi").await;
    reply(&late).await;

    shop.ponte(&["flow", "remove", "after-hours"]).await.ok();
    anew(2).await;
    let last = whatsapp.customer("5511987654323");
    last.writes("oi").await;
    shop.until_metric("ponte_routed_total{rule=\"no-flow\"}", 2.0).await;
    assert_eq!((replies(&early), replies(&last)), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn sigterm_ends_it_and_nobody_is_forgotten_or_answered_twice() {
    let (shop, whatsapp) = Shop::on_whatsapp().await;
    shop.install("after-hours", CLOSED).await;
    let serving = shop.serve().await;
    let customers: Vec<_> = (0..60).map(|n| whatsapp.customer(format!("551190000{n:04}"))).collect();
    let (before, rest) = customers.split_at(20);
    let (during, after) = rest.split_at(20);

    for customer in before {
        customer.writes("oi").await;
    }
    // Some write while it ends: their webhooks are taken, put off, or find nobody.
    let writing = async {
        for customer in during {
            let customer = customer.clone();
            tokio::spawn(async move { customer.writes("oi").await });
            ponte_clock::pause(Duration::from_millis(2)).await;
        }
    };
    let (code, ()) = tokio::join!(serving.terminate(), writing);
    assert_eq!(code, Some(0), "SIGTERM is an orderly end");
    for customer in after {
        customer.writes("oi").await;
    }

    let serving = shop.serve().await;
    for customer in &customers {
        reply(customer).await;
    }
    assert_eq!(serving.terminate().await, Some(0));
    for customer in &customers {
        assert_eq!(replies(customer).len(), 1, "{} is answered once", customer.phone());
    }
}

#[tokio::test]
async fn two_of_them_do_not_share_a_folder() {
    let mut shop = Shop::new();
    let _serving = shop.serve().await;
    shop.set("PONTE_LISTEN", "127.0.0.1:0");
    let second = shop.ponte(&["serve"]).await.refused(&["another ponte process has this data directory open"]);
    assert!(second.err.contains(&shop.path("data").display().to_string()), "it names the folder: {}", second.err);
    // Looking and changing is no serving.
    shop.ponte(&["number", "list"]).await.ok();
}

#[tokio::test]
async fn it_does_not_start_half_configured() {
    for (missing, words) in [
        ("PONTE_VERIFY_TOKEN", ["no verify token", "PONTE_VERIFY_TOKEN", "verify_token_file"]),
        ("PONTE_APP_SECRET", ["no app secret", "PONTE_APP_SECRET", "app_secret_files"]),
    ] {
        let mut shop = Shop::new();
        shop.unset(missing);
        shop.ponte(&["serve"]).await.refused(&words);
    }
    for (name, value, words) in [
        ("PONTE_LISTEN", "here", ["PONTE_LISTEN", "here"]),
        ("PONTE_LOG_FORMAT", "xml", ["log format \"xml\"", "json"]),
        ("PONTE_DATABASE_URL", "postgres://db", ["SQLite only", "data_dir"]),
        ("PONTE_CONFIG", "nowhere.toml", ["cannot read the configuration", "nowhere.toml"]),
    ] {
        let mut shop = Shop::new();
        shop.set(name, value);
        shop.ponte(&["serve"]).await.refused(&words);
    }
    let shop = Shop::new();
    let _serving = shop.serve().await;
    let mut second = Shop::new();
    second.set("PONTE_LISTEN", shop.url("").trim_start_matches("http://"));
    second.ponte(&["serve"]).await.refused(&["cannot listen on 127.0.0.1:"]);
}
