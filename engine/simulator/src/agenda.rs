//! What the simulator has yet to do, and when: so that somebody who moves the clock knows whether all is done.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use ponte_model::Timestamp;

use crate::hub::locked;

/// What is yet to be done.
#[derive(Clone, Default)]
pub(crate) struct Agenda(Arc<Mutex<Items>>);

#[derive(Default)]
struct Items {
    next: u64,
    due: BTreeMap<u64, Timestamp>,
}

/// Something that is yet to be done; done when dropped.
pub(crate) struct Item {
    agenda: Agenda,
    id: u64,
}

impl Agenda {
    /// Something is to be done at a moment; from then on it is being done.
    pub(crate) fn item(&self, at: Timestamp) -> Item {
        let mut items = locked(&self.0);
        let id = items.next;
        items.next += 1;
        items.due.insert(id, at);
        Item { agenda: self.clone(), id }
    }

    /// When the first of it is due.
    pub(crate) fn first(&self) -> Option<Timestamp> {
        locked(&self.0).due.values().min().copied()
    }
}

impl Item {
    /// It goes on at another moment.
    pub(crate) fn until(&self, at: Timestamp) {
        locked(&self.agenda.0).due.insert(self.id, at);
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        locked(&self.agenda.0).due.remove(&self.id);
    }
}
