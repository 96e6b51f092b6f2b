use std::fmt;

use thiserror::Error;

/// Where a piece stands that is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoursField {
    /// The time zone.
    Timezone,
    /// The hours, by the index of the string.
    Hours(usize),
    /// The holidays, by the index of the string.
    Holidays(usize),
}

impl HoursField {
    /// The JSON Pointer of the piece in settings that have these fields at the top.
    pub fn pointer(self) -> String {
        match self {
            Self::Timezone => "/timezone".to_owned(),
            Self::Hours(index) => format!("/hours/{index}"),
            Self::Holidays(index) => format!("/holidays/{index}"),
        }
    }
}

impl fmt::Display for HoursField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timezone => "timezone",
            Self::Hours(_) => "hours",
            Self::Holidays(_) => "holidays",
        })
    }
}

/// Opening hours that are not understood.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field}: `{piece}` {why}; {right}")]
pub struct HoursError {
    /// Where it stands.
    pub field: HoursField,
    /// The piece as it was written.
    pub piece: String,
    /// What is wrong with it.
    pub why: String,
    /// What would be right.
    pub right: String,
}

/// An error before its place is known.
#[derive(Debug)]
pub(super) struct Fault {
    piece: String,
    why: String,
    right: String,
}

impl Fault {
    pub(super) fn new(piece: &str, why: impl Into<String>, right: impl Into<String>) -> Self {
        Self { piece: piece.trim().to_owned(), why: why.into(), right: right.into() }
    }

    pub(super) fn at(self, field: HoursField) -> HoursError {
        HoursError { field, piece: self.piece, why: self.why, right: self.right }
    }
}
