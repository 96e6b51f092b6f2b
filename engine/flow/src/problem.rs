use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

/// One thing that is wrong: where, what, and what would be right. A [`miette::Diagnostic`], so that a command
/// line can print the marked place.
#[derive(Clone, Debug, Error, Diagnostic)]
#[error("{what}")]
pub struct Problem {
    /// The file, relative to the package.
    pub file: String,
    /// From 1; 0 if the problem is the file itself.
    pub line: usize,
    /// From 1, in characters; 0 if the problem is the file itself.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// What would be right.
    #[help]
    pub help: Option<String>,
    #[source_code]
    source_text: Option<NamedSource<Arc<str>>>,
    #[label("here")]
    span: Option<SourceSpan>,
}

impl Problem {
    /// A problem at a place of a text.
    pub fn within(file: &str, text: &Arc<str>, span: Range<usize>, what: String, help: Option<String>) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            what,
            help,
            source_text: Some(NamedSource::new(file, Arc::clone(text))),
            span: Some(span.into()),
        }
    }

    /// A problem with a file as a whole.
    pub fn with_file(file: &str, what: String, help: impl Into<String>) -> Self {
        let (source_text, span) = (None, None);
        Self { file: file.to_owned(), line: 0, column: 0, what, help: Some(help.into()), source_text, span }
    }

    /// `flow.toml:3:8: what is wrong; what would be right`.
    pub fn one_line(&self) -> String {
        let place = match self.line {
            0 => self.file.clone(),
            line => format!("{}:{line}:{}", self.file, self.column),
        };
        let help = self.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        format!("{place}: {}{help}", self.what)
    }
}

/// A flow package that cannot be used: everything that is wrong with it. `{:#}` lists the problems, a line each.
#[derive(Clone, Debug, Error, Diagnostic)]
pub struct PackageError {
    /// The package's directory.
    pub dir: PathBuf,
    /// At least one.
    #[related]
    pub problems: Vec<Problem>,
}

/// Settings that do not fit a flow: everything that is wrong with them. `{:#}` lists the problems, a line each.
#[derive(Clone, Debug, Error, Diagnostic)]
pub struct SettingsError {
    /// What the settings were called.
    pub source_name: String,
    /// At least one.
    #[related]
    pub problems: Vec<Problem>,
}

impl fmt::Display for PackageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the flow package {} cannot be used", self.dir.display())?;
        list(f, &self.problems)
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the settings {} do not fit", self.source_name)?;
        list(f, &self.problems)
    }
}

fn list(f: &mut fmt::Formatter<'_>, problems: &[Problem]) -> fmt::Result {
    match problems.len() {
        1 => write!(f, ", for one reason")?,
        count => write!(f, ", for {count} reasons")?,
    }
    if !f.alternate() {
        return Ok(());
    }
    problems.iter().try_for_each(|problem| write!(f, "\n  {}", problem.one_line()))
}
