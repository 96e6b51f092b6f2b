//! 3.2: out of hours the bot answers, once a closed period.

use ponte_model::Timestamp;
use ponte_tests::{Stage, StageBuilder};

fn moment(text: &str) -> Timestamp {
    serde_json::from_value(text.into()).expect("a moment")
}

async fn shop(settings: &str, at: &str) -> Stage {
    StageBuilder::default().flow("after-hours", settings).at(moment(at)).start().await
}

/// How many answers somebody has who wrote at each of these moments, the first of which is now.
async fn answers(stage: &Stage, phone: &str, moments: &[&str]) -> Vec<usize> {
    let customer = stage.simulator.customer(phone);
    let mut counts = Vec::new();
    for text in moments {
        let wait = moment(text).since(stage.runtime.now());
        stage.clock.advance(wait);
        customer.writes("vocês estão aí?").await;
        stage.rest().await;
        counts.push(customer.inbox().len());
    }
    counts
}

#[tokio::test]
async fn s1_out_of_hours_two_messages_get_one_reply_over_night_lunch_holidays_and_clock_changes() {
    let day = "timezone = \"America/Sao_Paulo\"\nhours = \"mon-fri 09:00-12:00,14:00-18:00\"\nholidays = [\"12-25\"]\n";
    let night = "timezone = \"America/Sao_Paulo\"\nhours = \"mon-sun 22:00-02:00\"\n";
    // Madrid's clock jumps from 2:00 to 3:00 on 29 March 2026 and back from 3:00 to 2:00 on 25 October.
    let madrid = "timezone = \"Europe/Madrid\"\nhours = \"mon-sun 03:30-23:00\"\n";
    for (name, settings, moments, expected) in [
        ("open", day, vec!["2026-11-23T10:00:00-03:00", "2026-11-23T11:59:00-03:00"], vec![0, 0]),
        (
            "lunch, the afternoon, the night",
            day,
            vec![
                "2026-11-23T12:10:00-03:00",
                "2026-11-23T13:59:00-03:00",
                "2026-11-23T14:30:00-03:00",
                "2026-11-23T23:30:00-03:00",
                "2026-11-24T03:00:00-03:00",
            ],
            vec![1, 1, 1, 2, 2],
        ),
        (
            "a holiday is one closed period with the night before",
            day,
            vec!["2026-12-24T19:00:00-03:00", "2026-12-25T10:00:00-03:00", "2026-12-25T16:00:00-03:00"],
            vec![1, 1, 1],
        ),
        (
            "open over midnight",
            night,
            vec![
                "2026-11-23T21:00:00-03:00",
                "2026-11-23T23:00:00-03:00",
                "2026-11-24T01:59:00-03:00",
                "2026-11-24T02:01:00-03:00",
                "2026-11-24T12:00:00-03:00",
            ],
            vec![1, 1, 1, 2, 2],
        ),
        (
            "an hour that the clock skips",
            madrid,
            vec!["2026-03-29T01:59:00+01:00", "2026-03-29T03:01:00+02:00", "2026-03-29T03:31:00+02:00"],
            vec![1, 1, 1],
        ),
        (
            "an hour that comes twice",
            madrid,
            vec![
                "2026-10-25T02:30:00+02:00",
                "2026-10-25T02:30:00+01:00",
                "2026-10-25T03:29:00+01:00",
                "2026-10-25T03:31:00+01:00",
            ],
            vec![1, 1, 1, 1],
        ),
    ] {
        let stage = shop(settings, moments[0]).await;
        assert_eq!(answers(&stage, "5511911112222", &moments).await, expected, "{name}");
    }
}
