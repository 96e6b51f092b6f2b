//! What a flow may reach is said when it is installed; its secrets go in and never come out.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::shop::{NUMBER, Shop, root};

const KEY: &str = "s3cr3t-of-the-shop-0001";

async fn installed() -> Shop {
    let shop = Shop::new();
    shop.ponte(&["number", "add", NUMBER]).await.ok();
    let package = root().join("examples/http-rust");
    assert!(package.join("plugin.wasm").is_file(), "`cargo xtask plugins http-rust` builds it");
    let said = shop.ponte(&["flow", "install", &package.display().to_string(), "--number", NUMBER]).await.ok();
    for words in ["may now reach", "GET, POST https://api.parcels.example/v1", "ponte secret set parcels parcel-key"] {
        assert!(said.err.contains(words), "{words:?} in {}", said.err);
    }
    shop
}

#[tokio::test]
async fn a_secret_is_set_listed_and_removed_and_nobody_reads_it() {
    let shop = installed().await;
    let list = shop.ponte(&["secret", "list"]).await.ok().out;
    assert!(list.contains("missing: ponte secret set parcels parcel-key"), "{list}");

    let set = ["secret", "set", "parcels", "parcel-key"];
    shop.ponte_reads(&set, "short\n").await.refused(&["8 bytes or more"]);
    shop.ponte_reads(&["secret", "set", "parcels", "other"], KEY).await.refused(&["needs no secret", "parcel-key"]);
    shop.ponte_reads(&["secret", "set", "nobody", "parcel-key"], KEY).await.refused(&["nothing is installed as"]);
    let said = shop.ponte_reads(&set, &format!("{KEY}\n")).await.ok();
    let list = shop.ponte(&["secret", "list", "--json"]).await.ok();
    assert_eq!(list.json()[0]["name"], "parcel-key");
    assert!(list.json()[0]["set_at"].is_string());
    let show = shop.ponte(&["flow", "show", "parcels", "--json"]).await.ok();
    assert!(show.json()["may_reach"][0].as_str().unwrap().contains("api.parcels.example"), "{}", show.out);
    for text in [said.out, said.err, list.out, list.err, show.out] {
        assert!(!text.contains(KEY), "{text}");
    }

    let data = shop.path("data");
    let mode = std::fs::metadata(data.join("secrets.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for entry in std::fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap_or_default();
        assert!(!bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes()), "{}", path.display());
    }
    shop.ponte(&["secret", "remove", "parcels", "parcel-key"]).await.ok();
    shop.ponte(&["secret", "remove", "parcels", "parcel-key"]).await.refused(&["has no secret"]);
}

#[tokio::test]
async fn requests_are_listed_and_a_wrong_configuration_is_named() {
    let shop = installed().await;
    assert_eq!(shop.ponte(&["http", "list", "--json"]).await.ok().json(), json!([]));
    let config = shop.write("odd.toml", "[http.private]\n\"erp\" = [\"169.254.169.254\"]\n");
    shop.ponte(&["http", "list", "--config", &config]).await.refused(&["[http.private]", "metadata"]);
    let config = shop.write("odd.toml", "[ai]\nurl = \"https://api.example/v1/chat/completions\"\n");
    shop.ponte(&["http", "list", "--config", &config]).await.refused(&["[ai]", "daily_budget is missing"]);
}
