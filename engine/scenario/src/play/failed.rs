//! Runs that did not end well: without them a flow that crashed looks like one that chose to say nothing.

use std::collections::HashSet;

use chrono_tz::Tz;
use ponte_model::{EventKey, RunId};
use ponte_store::RunRecord;
use serde::Serialize;

use crate::stage::{Stage, StageError};

/// So many lines of a run's log are told, the last ones.
const LINES: usize = 5;

/// The word for a run that ended well.
const DONE: &str = "done";

/// A run that did not end well: it crashed, was stopped, refused its event, or asked for one try too many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FailedRun {
    /// Its id.
    #[serde(skip)]
    pub id: RunId,
    /// The event that it was about.
    #[serde(skip)]
    pub event: EventKey,
    /// When, on the shop's wall clock.
    pub at: String,
    /// The flow.
    pub flow: String,
    /// How it ended, in a word: what `run:` expects.
    pub outcome: String,
    /// Why, in a sentence.
    pub why: String,
    /// The last lines of its log.
    pub log: Vec<String>,
}

impl FailedRun {
    fn of(run: RunRecord, zone: Tz) -> Self {
        let lines = run.report["log"].as_array().map(Vec::as_slice).unwrap_or_default();
        let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let line = |line: &serde_json::Value| format!("{:<5} {}", word(&line["level"]), word(&line["text"]));
        Self {
            id: run.id,
            event: run.event,
            at: run.at.to_utc().with_timezone(&zone).format("%a %H:%M").to_string(),
            flow: run.installation.into_string(),
            outcome: run.outcome,
            why: word(&run.report["sentence"]),
            log: lines[lines.len().saturating_sub(LINES)..].iter().map(line).collect(),
        }
    }

    /// In one line, without the log.
    pub fn words(&self) -> String {
        format!("{} failed ({}): {}", self.flow, self.outcome, self.why)
    }
}

/// The line, and the last lines of the log below it.
impl std::fmt::Display for FailedRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words())?;
        self.log.iter().try_for_each(|line| write!(f, "\n  log: {line}"))
    }
}

impl Stage {
    /// Everybody's runs that did not end well, oldest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn failed_runs(&self) -> Result<Vec<FailedRun>, StageError> {
        let zone = self.wall().timezone();
        let failed = self.all_runs().await?.into_iter().rev().filter(|run| run.outcome != DONE);
        Ok(failed.map(|run| FailedRun::of(run, zone)).collect())
    }
}

/// The runs that failed since something was last expected, until it is known whether that is as it should be.
#[derive(Default)]
pub(super) struct Open {
    known: HashSet<RunId>,
    runs: Vec<(usize, Option<usize>, FailedRun)>,
    /// The step before was an expectation: others right after it look at the same runs.
    looked: bool,
    /// They stand below an expectation that was not met, which is enough.
    shown: bool,
}

impl Open {
    /// These failed before the story began, in data that was kept.
    pub(super) fn after(before: &[FailedRun]) -> Self {
        Self { known: before.iter().map(|run| run.id.clone()).collect(), ..Self::default() }
    }

    /// Those that are not known yet; they failed at this step.
    pub(super) fn meets(&mut self, (step, line): (usize, Option<usize>), failed: Vec<FailedRun>) -> Vec<FailedRun> {
        let new: Vec<_> = failed.into_iter().filter(|run| self.known.insert(run.id.clone())).collect();
        self.runs.extend(new.iter().cloned().map(|run| (step, line, run)));
        new
    }

    /// Something is expected: what failed is looked at.
    pub(super) fn looks(&mut self) {
        self.looked = true;
    }

    /// It was expected that a run ends so.
    pub(super) fn expects(&mut self, outcome: &str) {
        self.runs.retain(|(_, _, run)| run.outcome != outcome);
    }

    /// To be shown below an expectation that was not met.
    pub(super) fn show(&mut self) -> Vec<FailedRun> {
        self.shown |= !self.runs.is_empty();
        self.runs.iter().map(|(_, _, run)| run.clone()).collect()
    }

    /// The story goes on: what nobody expected, and nothing has shown, if all expectations about it are over.
    pub(super) fn goes_on(&mut self) -> Vec<(usize, Option<usize>, FailedRun)> {
        if std::mem::take(&mut self.looked) { self.ends() } else { Vec::new() }
    }

    /// The same at the end.
    pub(super) fn ends(&mut self) -> Vec<(usize, Option<usize>, FailedRun)> {
        let runs = std::mem::take(&mut self.runs);
        if std::mem::take(&mut self.shown) { Vec::new() } else { runs }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn failed(id: &str, outcome: &str) -> FailedRun {
        let log: Vec<_> = (1..=7).map(|line| json!({ "level": "warn", "text": format!("line {line}") })).collect();
        let run = RunRecord {
            id: id.into(),
            event: "event".into(),
            installation: "hello".into(),
            version: "0.1.0".to_owned(),
            digest: "sha256:0".into(),
            number: None,
            contact: None,
            at: ponte_model::Timestamp::from_secs(1_795_521_600),
            rule: "first-match".to_owned(),
            outcome: outcome.to_owned(),
            report: json!({ "sentence": "rejected the event: no text `oi`", "log": log }),
        };
        FailedRun::of(run, Tz::America__Sao_Paulo)
    }

    #[test]
    fn a_failed_run_is_told_with_why_and_with_the_end_of_its_log() {
        let run = failed("run", "rejected");
        assert_eq!(run.words(), "hello failed (rejected): rejected the event: no text `oi`");
        assert_eq!(run.at, "Tue 09:00");
        let text = run.to_string();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!((lines.len(), lines[1], lines[5]), (6, "  log: warn  line 3", "  log: warn  line 7"));
    }

    #[test]
    fn a_run_is_told_once_and_only_where_nothing_else_told_it() {
        let mut open = Open::after(&[failed("before", "trap")]);
        let place = (1, Some(3));
        let all = || vec![failed("before", "trap"), failed("one", "trap"), failed("other", "deadline")];
        assert_eq!(open.meets(place, all()).len(), 2);
        assert!(open.meets(place, all()).is_empty());
        // Nothing was expected yet: the next step may set off more before somebody looks.
        assert!(open.goes_on().is_empty());
        open.looks();
        open.expects("trap");
        assert_eq!(open.goes_on(), [(1, Some(3), failed("other", "deadline"))]);
        open.meets(place, vec![failed("third", "trap")]);
        open.looks();
        assert_eq!(open.show().len(), 1);
        assert!(open.goes_on().is_empty() && open.ends().is_empty());
    }
}
