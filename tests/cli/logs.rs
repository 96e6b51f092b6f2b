//! What the log must not say, however talkative it is made.

use crate::shop::{NUMBER, SECRET, Shop, TOKEN, VERIFY, reply};

const ASKED: &str = "MARKER-asked-by-the-customer";
const ANSWERED: &str = "MARKER-answered-by-the-flow";
const PHONED: &str = "MARKER-written-on-the-phone";
const BROKEN: &str = "MARKER-in-a-broken-webhook";
const NOTED: &str = "MARKER-in-a-note-to-the-team";
const URGENT: &str = "MARKER-urgent";

#[tokio::test]
async fn neither_secrets_nor_what_people_write_is_logged() {
    for format in ["text", "json"] {
        let (mut shop, whatsapp) = Shop::on_whatsapp().await;
        shop.set("PONTE_LOG", "debug");
        shop.set("PONTE_LOG_FORMAT", format);
        let settings = format!(
            "timezone = \"America/Sao_Paulo\"\nhours = \"never\"\n\
             urgent = {{ enabled = true, label = \"{URGENT}\", hand_off = \"{NOTED}\" }}\n\
             [texts.pt-BR]\nclosed_unknown = \"{ANSWERED}\"\nurgent_received = \"{ANSWERED} 2\"\n"
        );
        shop.install("after-hours", &settings).await;
        let serving = shop.serve().await;
        whatsapp.verify_webhook().await.expect("the handshake");
        shop.get("/webhooks/whatsapp?hub.mode=subscribe&hub.challenge=1&hub.verify_token=guessed").await;

        let ana = whatsapp.customer("5511987654321");
        ana.is_called("MARKER-name");
        ana.writes(ASKED).await;
        assert!(reply(&ana).await.contains(ANSWERED));
        let button = ana.last().expect("a message").json()["interactive"]["action"]["buttons"][0]["reply"].clone();
        let id = button["id"].as_str().expect("a button with an id");
        ana.taps_button(id, URGENT).await;
        let phone = whatsapp.business_phone(NUMBER).expect("the number is on a phone");
        phone.writes(ana.phone().clone(), PHONED).await;
        ana.writes(ASKED).await;
        shop.until_metric("ponte_routed_total{rule=\"owned-by-app\"}", 1.0).await;
        for (body, secret, status) in [
            (BROKEN.to_owned(), SECRET, 400),
            (format!("{{\"{BROKEN}\": [{BROKEN}"), SECRET, 400),
            (BROKEN.to_owned(), "guessed", 401),
            (
                format!(
                    "{{\"object\": \"{BROKEN}\", \"entry\": [{{\"changes\": [{{\"field\": 3, \"value\": \"{BROKEN}\"}}]}}]}}"
                ),
                SECRET,
                200,
            ),
        ] {
            assert_eq!(shop.post(body, secret).await, status);
        }

        // What is told when sending fails, as well.
        whatsapp.set_token(NUMBER, "another-token");
        let bia = whatsapp.customer("5511987654322");
        bia.writes(ASKED).await;
        shop.until_metric("ponte_runs_total{flow=\"after-hours\",outcome=\"done\"}", 3.0).await;

        assert_eq!(serving.terminate().await, Some(0));
        let log = shop.log();

        for talk in ["routed", "handed off", "a send did not succeed", "a webhook was refused"] {
            assert!(log.contains(talk), "the log is talkative, but does not tell {talk:?}:\n{log}");
        }
        for hidden in [SECRET, VERIFY, TOKEN, "MARKER"] {
            let told: Vec<_> = log.lines().filter(|line| line.contains(hidden)).collect();
            assert!(told.is_empty(), "{format}: {hidden:?} is in the log:\n{}", told.join("\n"));
        }
        if format == "json" {
            for line in log.lines() {
                assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "not JSON: {line}");
            }
        }
    }
}
