//! A place in a line, held while the message for it is committed.

use std::sync::Arc;

use ponte_model::{ContactId, SendId};

use super::Waiting;
use super::line::{self, Line};
use super::places::Places;
use crate::core::Core;
use crate::money::Hold;

/// The right to send one message to a person now. Given back when dropped; what the pace counted stays counted, which
/// costs a moment at most.
pub(crate) struct Departure {
    line: Arc<Line>,
    place: Option<(SendId, ContactId)>,
    /// What the message costs.
    hold: Option<Hold>,
    /// What it counts under.
    places: Option<Places>,
}

impl Departure {
    pub(super) fn of(line: Arc<Line>, id: SendId, contact: ContactId, held: (Hold, Places)) -> Self {
        let (hold, places) = held;
        Self { line, place: Some((id, contact)), hold: Some(hold), places: Some(places) }
    }

    /// Sends the message, which was committed as `sending`.
    pub(super) fn leave(mut self, core: &Arc<Core>, waiting: Waiting) {
        self.place = None;
        if let Some(hold) = self.hold.take() {
            hold.keep();
        }
        if let Some(places) = self.places.take() {
            places.keep(&waiting.id);
        }
        line::send(core, &self.line, waiting, true);
    }
}

impl Drop for Departure {
    fn drop(&mut self) {
        if let Some((id, contact)) = &self.place {
            self.line.settled(id, contact, None);
        }
    }
}
