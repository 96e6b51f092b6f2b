//! A place in a line, held while the message for it is committed.

use std::sync::Arc;

use ponte_model::ContactId;

use super::Waiting;
use super::line::{self, Line};
use crate::core::Core;
use crate::money::Hold;

/// The right to send one message to a person now. Given back when dropped; what the pace counted stays counted, which
/// costs a moment at most.
pub(crate) struct Departure {
    pub(super) line: Arc<Line>,
    pub(super) contact: Option<ContactId>,
    /// What the message costs.
    pub(super) hold: Option<Hold>,
}

impl Departure {
    /// Sends a message that was committed as `sending`.
    pub(super) fn leave(mut self, core: &Arc<Core>, waiting: Waiting) {
        self.contact = None;
        if let Some(hold) = self.hold.take() {
            hold.keep();
        }
        line::send(core, &self.line, waiting, true);
    }
}

impl Drop for Departure {
    fn drop(&mut self) {
        if let Some(contact) = &self.contact {
            self.line.settled(contact, None);
        }
    }
}
