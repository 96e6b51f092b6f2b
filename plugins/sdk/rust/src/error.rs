use std::fmt;

use serde::de::DeserializeOwned;

use crate::Refusal;

/// What can go wrong with settings, texts and state.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The host said no.
    Refused(Refusal),
    /// There is no such thing, and the flow cannot do without.
    Missing {
        /// What is missing: ``setting `sectors` ``.
        what: String,
    },
    /// It is there, but not what the flow expects.
    Unfit {
        /// What does not fit: ``setting `sectors` ``.
        what: String,
        /// Why: `missing field "title" at line 1 column 20`.
        why: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Missing { what } => write!(f, "{what} is missing"),
            Self::Unfit { what, why } => write!(f, "{what} does not fit: {why}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Reads JSON; what is absent reads as `null`, so that `Option` takes it and everything else calls it missing.
pub(crate) fn read<T: DeserializeOwned>(what: impl Fn() -> String, json: Option<&[u8]>) -> Result<T, Error> {
    serde_json::from_slice(json.unwrap_or(b"null")).map_err(|error| match json {
        None => Error::Missing { what: what() },
        Some(_) => Error::Unfit { what: what(), why: error.to_string() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting() -> String {
        "setting `days`".into()
    }

    #[test]
    fn absent_is_missing_unless_it_may_be() {
        assert_eq!(read::<Option<u8>>(setting, None), Ok(None));
        assert_eq!(read::<u8>(setting, None).unwrap_err().to_string(), "setting `days` is missing");
    }

    #[test]
    fn says_what_does_not_fit() {
        assert_eq!(read::<u8>(setting, Some(b"7")), Ok(7));
        let error = read::<u8>(setting, Some(b"\"seven\"")).unwrap_err().to_string();
        assert!(error.starts_with("setting `days` does not fit: invalid type: string \"seven\""), "{error}");
    }
}
