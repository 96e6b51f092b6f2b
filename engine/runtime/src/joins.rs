//! Contacts that turned out to be others while this process runs. What is stored follows at once; this is for what waits
//! in memory under the old name.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ponte_model::ContactId;

#[derive(Debug, Default)]
pub(crate) struct Joins(Mutex<HashMap<ContactId, ContactId>>);

impl Joins {
    /// `other` is `contact`, and so is whoever turned out to be `other` before.
    pub(crate) fn note(&self, other: ContactId, contact: ContactId) {
        let mut joins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        joins.values_mut().filter(|now| **now == other).for_each(|now| now.clone_from(&contact));
        joins.insert(other, contact);
    }

    /// Puts the present name in place of an old one.
    pub(crate) fn follow(&self, contact: &mut ContactId) {
        let joins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(now) = joins.get(contact) {
            contact.clone_from(now);
        }
    }
}
