//! `examples/ponte.toml` works as it stands.

use crate::shop::{CLOSED, SECRET, Shop, TOKEN, VERIFY, reply, root};

/// The example, in the folder of a shop.
fn example(shop: &Shop) -> String {
    let text = std::fs::read_to_string(root().join("examples/ponte.toml")).expect("the example");
    shop.write("etc/ponte.toml", &text)
}

#[tokio::test]
async fn the_example_serves_once_its_secrets_are_there() {
    let (mut shop, whatsapp) = Shop::on_whatsapp().await;
    shop.install("after-hours", CLOSED).await;
    for name in ["PONTE_VERIFY_TOKEN", "PONTE_APP_SECRET", "PONTE_ACCESS_TOKEN"] {
        shop.unset(name);
    }
    let config = example(&shop);
    shop.ponte(&["serve", "--config", &config]).await.refused(&["cannot read the secret in", "etc/secrets/"]);

    for (name, secret) in [("verify-token", VERIFY), ("app-secret", SECRET), ("access-token", TOKEN)] {
        shop.write(&format!("etc/secrets/{name}"), &format!("{secret}\n"));
    }
    let serving = shop.serve_with(&["serve", "--config", &config]).await;
    whatsapp.verify_webhook().await.expect("the handshake");
    let ana = whatsapp.customer("5511987654321");
    ana.writes("oi").await;
    reply(&ana).await;
    assert_eq!(serving.terminate().await, Some(0));
}

/// `ponte` itself says which keys there are.
#[tokio::test]
async fn the_example_explains_every_key() {
    let shop = Shop::new();
    let example = std::fs::read_to_string(root().join("examples/ponte.toml")).expect("the example");
    for table in ["", "[log]\n", "[numbers.1]\n", "[hooks.x]\n"] {
        let config = shop.write("odd.toml", &format!("{table}odd = 1\n"));
        let said = shop.ponte(&["serve", "--config", &config]).await.refused(&["odd.toml", "unknown field `odd`"]);
        let (_, keys) = said.err.split_once("expected").expect("the keys that there are");
        let keys: Vec<_> = keys.split('`').skip(1).step_by(2).collect();
        assert!(keys.len() >= 2, "{keys:?} in: {}", said.err);
        for key in keys {
            let told = example.lines().any(|line| {
                let line = line.trim_start_matches("# ");
                line.starts_with(&format!("{key} = ")) || line.starts_with(&format!("[{key}"))
            });
            assert!(told, "examples/ponte.toml does not tell of {key}");
        }
    }
}
