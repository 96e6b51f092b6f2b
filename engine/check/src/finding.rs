use ponte_flow::Problem;
use serde::ser::{Serialize, SerializeStruct as _, Serializer};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It cannot be installed, or does not do what it says.
    Error,
    /// It works; it could be better, or something was forgotten.
    Warning,
}

/// Something that is wrong, with its place and what would be right. As JSON: `severity`, `file`, `line`, `column`,
/// `what`, `help`.
#[derive(Clone, Debug)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Where and what.
    pub problem: Problem,
}

impl Finding {
    pub(crate) fn error(problem: Problem) -> Self {
        Self { severity: Severity::Error, problem }
    }

    pub(crate) fn warning(problem: Problem) -> Self {
        Self { severity: Severity::Warning, problem }
    }

    /// For the order in which findings are told.
    pub(crate) fn place(&self) -> (&str, usize, usize) {
        (&self.problem.file, self.problem.line, self.problem.column)
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Problem { file, line, column, what, help, .. } = &self.problem;
        let mut fields = serializer.serialize_struct("Finding", 6)?;
        fields.serialize_field("severity", &self.severity)?;
        fields.serialize_field("file", file)?;
        fields.serialize_field("line", line)?;
        fields.serialize_field("column", column)?;
        fields.serialize_field("what", what)?;
        fields.serialize_field("help", help)?;
        fields.end()
    }
}
