//! A conversation in the order in which things happened, whenever they became known.

use ponte_model::{EchoMeaning, Origin, Timestamp};
use ponte_policy::sentence;
use ponte_store::{DecisionRow, SendRow};

use super::outbox;

/// Lines for people, newest first.
pub(crate) fn lines(decisions: &[DecisionRow], sends: &[SendRow]) -> Vec<String> {
    let happened = decisions.iter().map(|row| (row.at.as_secs(), 0, happened(row)));
    let sent = sends.iter().map(|row| (moment(row).as_secs(), 1, outbox::line(row, true)));
    let mut lines: Vec<(i64, u8, String)> = happened.chain(sent).collect();
    // The platform tells whole seconds: what came in within one came before the answer to it. Both lists come newest
    // first, and stay so.
    lines.sort_by_key(|line| std::cmp::Reverse((line.0, line.1)));
    lines.into_iter().map(|(_, _, line)| line).collect()
}

/// Who caused an event, in words.
pub(crate) fn who(row: &DecisionRow) -> &'static str {
    match (row.origin, &row.meaning) {
        (Origin::App, Some(EchoMeaning::Automatic { .. })) => "app, automatic",
        (Origin::App, _) => "app",
        (Origin::Customer, _) => "customer",
        (Origin::Api, _) => "api",
        (Origin::System, _) if row.kind == "control" => "operator",
        (Origin::System, _) => "system",
    }
}

/// Why an event was decided as it was.
pub(crate) fn why(row: &DecisionRow) -> &str {
    row.why.as_deref().unwrap_or_else(|| row.decision.as_deref().map(sentence).unwrap_or_default())
}

fn happened(row: &DecisionRow) -> String {
    let decision = row.decision.as_deref().unwrap_or(&row.state);
    format!("{:<24} {:<10} by {:<14} → {decision}: {}", row.at.to_string(), row.kind, who(row), why(row))
}

/// A message happened when it left; until then, when it was asked for.
fn moment(row: &SendRow) -> Timestamp {
    row.left_at.unwrap_or(row.queued_at)
}
