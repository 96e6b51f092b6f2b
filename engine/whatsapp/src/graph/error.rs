use std::error::Error as _;
use std::fmt::{self, Write as _};
use std::time::Duration;

use ponte_model::PlatformError;

use crate::errors::Class;

/// Why there is no good answer, and so whether a message may have left.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Surely nothing left: there was no connection. May be tried again, see [`crate::errors::Backoff::UNREACHABLE`].
    #[error("not sent: {why}")]
    NotSent {
        /// What went wrong.
        why: String,
    },
    /// Meta answered with an error that means that the message was not taken.
    #[error("rejected: {0}")]
    Rejected(Box<GraphError>),
    /// The message may have left, or not: only a later status will tell. Never to be sent again blindly.
    #[error("in doubt: {why}")]
    InDoubt {
        /// What went wrong.
        why: String,
        /// What Meta said, where it said something: a code of [`Class::TransientUnknown`].
        error: Option<Box<GraphError>>,
    },
}

/// An error that Meta answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphError {
    /// The HTTP status. For logs: Meta's pages disagree on it.
    pub status: u16,
    /// Code, message and details.
    pub error: PlatformError,
    /// What the code means.
    pub class: Class,
    /// The subcode. For logs: about to be withdrawn.
    pub subcode: Option<i64>,
    /// Meta's id of the exchange, which its support asks for.
    pub fbtrace_id: Option<String>,
    /// How long Meta asks to wait, where it does.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Meta says {}", self.error.code)?;
        for words in [&self.error.message, &self.error.details].into_iter().flatten() {
            write!(f, ": {words}")?;
        }
        write!(f, " (HTTP {}", self.status)?;
        if let Some(trace) = &self.fbtrace_id {
            write!(f, ", fbtrace_id {trace}")?;
        }
        f.write_char(')')
    }
}

impl SendError {
    pub(super) fn in_doubt(why: impl Into<String>) -> Self {
        Self::InDoubt { why: why.into(), error: None }
    }

    /// Of a request without an answer. Only a connection that never came about proves that nothing left: any other
    /// failure, a kept connection that broke among them, may have come after the last byte.
    pub(super) fn of_request(error: reqwest::Error) -> Self {
        let why = in_words(&error);
        if error.is_connect() { Self::NotSent { why } } else { Self::in_doubt(why) }
    }

    /// Of an answer that is an error.
    pub(super) fn of_answer(error: GraphError) -> Self {
        match error.class {
            Class::TransientUnknown => Self::InDoubt { why: error.to_string(), error: Some(Box::new(error)) },
            _ => Self::Rejected(Box::new(error)),
        }
    }

    /// What Meta said, where it said something.
    pub fn graph_error(&self) -> Option<&GraphError> {
        match self {
            Self::NotSent { .. } => None,
            Self::Rejected(error) => Some(error),
            Self::InDoubt { error, .. } => error.as_deref(),
        }
    }
}

/// The whole chain of causes on one line. The address is left out: errors go to places where ids of numbers need not.
pub(super) fn in_words(error: &reqwest::Error) -> String {
    let mut words = match error {
        _ if error.is_connect() => "no connection".to_owned(),
        _ if error.is_timeout() => "no answer in time".to_owned(),
        _ => "the connection failed".to_owned(),
    };
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(words, ": {error}");
        cause = error.source();
    }
    words
}
