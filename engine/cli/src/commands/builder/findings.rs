//! Findings for people: on standard error, each with its place marked.

use std::collections::BTreeSet;
use std::path::PathBuf;

use ponte_check::{Finding, Severity};

use crate::commands::flow::marked;

pub(super) fn print(findings: &[Finding]) {
    for Finding { severity, problem } in findings {
        let word = match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let marks = if problem.line == 0 { "\n".to_owned() } else { marked(problem) };
        eprintln!("{word}: {}{marks}", problem.one_line());
    }
}

/// Tells of packages whose component is older than their source, each once: what is played is the flow of before.
pub(crate) fn tell_stale(packages: impl IntoIterator<Item = PathBuf>) {
    for package in packages.into_iter().collect::<BTreeSet<_>>() {
        if let Some(Finding { problem, .. }) = ponte_check::stale(&package) {
            let help = problem.help.as_deref().unwrap_or_default();
            eprintln!("warning: {}: {}; {help}", package.display(), problem.what);
        }
    }
}

/// `1 error`, `no warnings`.
pub(super) fn counted(count: usize, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}
