//! Findings for people: on standard error, each with its place marked.

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

/// `1 error`, `no warnings`.
pub(super) fn counted(count: usize, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}
