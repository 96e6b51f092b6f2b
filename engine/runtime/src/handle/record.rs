//! The record of a run: what is needed to explain it.

use ponte_model::RunId;
use ponte_sandbox::{Outcome, RunReport};
use ponte_store::{Pending, RunRecord};
use serde_json::json;

use super::Scene;
use crate::registry::Installed;

pub(super) fn of(
    run: &RunId,
    pending: &Pending,
    installed: &Installed,
    scene: &Scene,
    report: &RunReport,
) -> RunRecord {
    let refusals: Vec<_> =
        report.refusals.iter().map(|(call, refusal)| json!({ "call": call, "refusal": refusal })).collect();
    RunRecord {
        id: run.clone(),
        event: pending.event.key.clone(),
        installation: installed.id.clone(),
        version: installed.version.clone(),
        digest: installed.digest.clone(),
        number: pending.event.number_id.clone(),
        contact: pending.contact.clone(),
        at: pending.event.at,
        rule: scene.decision.rule.to_string(),
        outcome: report.outcome.code().to_owned(),
        report: json!({
            "sentence": sentence(&report.outcome),
            "attempt": pending.attempts,
            "effects": report.effects,
            "refusals": refusals,
            "log": report.log,
            "log_cut": report.log_cut,
            "wall_us": report.usage.wall.as_micros() as u64,
            "cpu_us": report.usage.cpu.as_micros() as u64,
            "host_calls": report.usage.host_calls,
            "peak_memory": report.usage.peak_memory,
        }),
    }
}

/// How a run ended, in a sentence.
pub(crate) fn sentence(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::Retry { after_secs } => format!("asked to be tried again in {after_secs} s"),
        Outcome::Rejected { reason } => format!("rejected the event: {reason}"),
        Outcome::Stopped(stop) => stop.to_string(),
    }
}
