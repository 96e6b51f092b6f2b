use std::error::Error as StdError;

use crate::bindings::exports::ponte::flow::handler as wire;
use crate::{Event, Seconds, log, send};

/// What a handler returns.
pub type Outcome = Result<(), Failure>;

/// The run did not succeed; all its effects are dropped.
///
/// Every error becomes a [`Failure::Reject`] with its words, so that `?` works on anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Try the event again after so many seconds. Tries are bounded; then the manifest's failure policy decides.
    Retry(Seconds),
    /// Do not try again. The reason is recorded and the manifest's failure policy decides.
    Reject(String),
}

impl Failure {
    /// Asks for another try after so many seconds.
    pub fn retry(after: Seconds) -> Self {
        Self::Retry(after)
    }

    /// Gives up on the event, with a reason that the operator reads.
    pub fn reject(reason: impl Into<String>) -> Self {
        Self::Reject(reason.into())
    }
}

impl<E: StdError> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Reject(error.to_string())
    }
}

impl From<Failure> for wire::Failure {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Retry(after) => Self::Retry(after),
            Failure::Reject(reason) => Self::Reject(reason),
        }
    }
}

/// One run: from the export to the handler and back.
#[doc(hidden)]
pub fn handle(event: Event, handler: impl FnOnce(Event) -> Outcome) -> Result<(), wire::Failure> {
    // The guest aborts after the hook, which the host sees as a trap: these words are all that is left.
    std::panic::set_hook(Box::new(|panic| log::write(log::Level::Error, &panic.to_string())));
    send::answer_to(event.contact.clone());
    handler(event).map_err(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Refusal;

    #[test]
    fn any_error_rejects_with_its_words() {
        fn run() -> Outcome {
            Err(Refusal::Denied("send".into()))?;
            Ok(())
        }
        assert_eq!(run(), Err(Failure::reject("the permission `send` was not granted")));
    }
}
