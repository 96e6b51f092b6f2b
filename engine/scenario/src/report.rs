//! What came of a scenario, for people and for scripts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use crate::document::ScenarioError;
use crate::play::FailedRun;

/// What came of a scenario.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What the scenario is called.
    pub name: String,
    /// Where it stands.
    pub path: PathBuf,
    /// What happened, in order.
    pub told: Vec<Told>,
    /// How many expectations were met.
    pub met: usize,
    /// Those that were not.
    pub missed: Vec<Miss>,
    /// Runs that did not end well, whether that was expected or not.
    pub failed: Vec<FailedRun>,
    /// Why it could not be played to its end, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<Broken>,
    /// The real time that it took.
    #[serde(rename = "seconds", serialize_with = "seconds")]
    pub took: Duration,
}

fn seconds<S: serde::Serializer>(took: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(took.as_secs_f64())
}

/// A line of what happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The shop's wall clock.
    pub at: String,
    /// Who: `customer`, `ponte`, `phone`, `store` …; `run` for a run that failed; `✓` and `✗` for expectations.
    pub who: &'static str,
    /// What.
    pub text: String,
}

/// Who a line is from that tells of an expectation.
pub(crate) const MET: &str = "✓";
/// The same, of one that was not met.
pub(crate) const MISSED: &str = "✗";
/// Who a line is from that tells of a run that failed.
pub(crate) const FAILED: &str = "run";

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.who {
            MET | MISSED => write!(f, "{:>11}{} {}", "", self.who, self.text),
            who => write!(f, "{:<9}  {who:<8}  {}", self.at, self.text.replace('\n', "\n                     ")),
        }
    }
}

/// An expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Miss {
    /// Which step, from 1.
    pub step: usize,
    /// The line of the file, where it is known.
    pub line: Option<usize>,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub came: String,
    /// The rule that decided about the customer's last event, and why.
    pub rule: Option<String>,
    /// The runs that failed since the expectation before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<FailedRun>,
    /// The last lines of the chat.
    pub chat: Vec<String>,
}

/// A scenario could not be played to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// At which step, from 1; none where it could not begin.
    pub step: Option<usize>,
    /// The line of the file, where it is known.
    pub line: Option<usize>,
    /// Why, and what to do.
    pub why: String,
    /// Whether the file could not even be read.
    pub unread: bool,
}

impl Miss {
    /// In one line.
    pub fn words(&self) -> String {
        format!("step {}: {} was expected; {}", self.step, self.expected, self.came)
    }
}

impl Report {
    /// What is said of a file that cannot be read.
    pub fn unread(path: &Path, error: &ScenarioError) -> Self {
        let broken = Broken { step: None, line: error.line, why: error.what.clone(), unread: true };
        Self {
            name: path.display().to_string(),
            path: path.to_owned(),
            told: Vec::new(),
            met: 0,
            missed: Vec::new(),
            failed: Vec::new(),
            broken: Some(broken),
            took: Duration::ZERO,
        }
    }

    /// Whether everything came as expected.
    pub fn passed(&self) -> bool {
        self.missed.is_empty() && self.broken.is_none()
    }

    /// What went wrong, for people: each with its place, what was expected and what came, the rule that decided, and the
    /// last lines of the chat. Empty where all is well.
    pub fn explain(&self) -> String {
        let mut text = String::new();
        let place = |line: Option<usize>, step: Option<usize>| {
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            let step = step.map(|step| format!(" (step {step})")).unwrap_or_default();
            format!("{}{line}{step}", self.path.display())
        };
        for miss in &self.missed {
            let _ = writeln!(text, "✗ {}", place(miss.line, Some(miss.step)));
            let _ = writeln!(text, "    expected  {}", indented(&miss.expected));
            let _ = writeln!(text, "    but       {}", indented(&miss.came));
            if let Some(rule) = &miss.rule {
                let _ = writeln!(text, "    decided   {}", indented(rule));
            }
            for run in &miss.failed {
                let _ = writeln!(text, "    run       {}", indented(&run.to_string()));
            }
            let _ = writeln!(text, "    the chat");
            for line in &miss.chat {
                let _ = writeln!(text, "      {}", line.replace('\n', "\n      "));
            }
        }
        if let Some(broken) = &self.broken {
            let _ = writeln!(text, "✗ {}", place(broken.line, broken.step));
            let _ = writeln!(text, "    {}", broken.why.replace('\n', "\n    "));
        }
        text
    }
}

fn indented(text: &str) -> String {
    text.replace('\n', "\n              ")
}
