//! The story of `examples/first-*/scenarios/first.yaml`, which every first flow passes, in whatever language.

use std::path::PathBuf;
use std::time::Duration;

use ponte_model::Timestamp;

use crate::{StageBuilder, built};

/// Who writes.
const ANA: &str = "5511911112222";

/// A Tuesday, 10:00 in São Paulo.
const MORNING: i64 = 1_795_525_200;

/// Plays it with a package, and checks every answer.
///
/// # Panics
/// If an answer is another.
pub async fn plays(package: PathBuf) {
    let builder = StageBuilder::default().at(Timestamp::from_secs(MORNING)).compiled_in(built::compiled());
    let stage = builder.package(package, "").start().await;
    let ana = stage.simulator.customer(ANA);
    ana.is_called("Ana");
    let story = [
        ("oi", 0, Some("Olá, Ana! Como posso ajudar?")),
        ("vocês abrem hoje?", 0, Some("Recebi sua mensagem número 2.")),
        ("Humano", 3, Some("Já chamo alguém.")),
        ("alô?", 0, None),
    ];
    for (says, hours_before, answer) in story {
        stage.pass(Duration::from_secs(hours_before * 3600)).await;
        let before = ana.inbox().len();
        ana.writes(says).await;
        stage.rest().await;
        let new: Vec<_> = ana.inbox().iter().skip(before).map(|message| message.text.clone()).collect();
        let runs = stage.store().runs(1).await.expect("runs are read");
        assert_eq!(new, Vec::from_iter(answer), "to {says:?}: {:?}", runs.first().map(|run| &run.report));
    }
    assert_eq!(stage.last_rule(ANA).await, "owned-by-team");
}
