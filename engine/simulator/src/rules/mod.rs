//! The platform's rules, written from the fact sheet and from nothing of Ponte's.

pub(crate) mod codes;
pub(crate) mod fields;
pub(crate) mod filling;
pub(crate) mod limits;
pub(crate) mod paths;
pub(crate) mod pricing;
pub(crate) mod rates;
pub(crate) mod review;
pub(crate) mod window;

/// A request broke a rule: Meta's code and what is wrong in this case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) code: i64,
    pub(crate) details: String,
}

impl Broken {
    pub(crate) fn new(code: i64, details: impl Into<String>) -> Self {
        Self { code, details: details.into() }
    }
}

pub(crate) type Checked<T = ()> = Result<T, Broken>;
