//! Webhooks that are kept back, to be shuffled or sent together.

use std::sync::Arc;

use super::bodies::Change;
use crate::faults::{Hold, Release};
use crate::hub::{Hub, locked};

/// The webhooks kept back, and how often the pen was emptied.
#[derive(Debug, Default)]
pub(crate) struct Pen {
    held: Vec<Change>,
    emptied: u64,
}

impl Hub {
    /// Keeps `change` back. Releases the pen when it is full, or when its oldest has waited long enough.
    pub(crate) fn hold(self: &Arc<Self>, change: Change, hold: Hold) {
        let mut pen = locked(&self.courier.pen);
        pen.held.push(change);
        if pen.held.len() >= hold.size {
            drop(pen);
            self.release(hold.release);
        } else if pen.held.len() == 1 {
            let (hub, emptied, waited) = (Arc::clone(self), pen.emptied, self.clock.sleep(hold.wait));
            let item = self.agenda.item(self.now().plus(hold.wait));
            self.spawn(async move {
                waited.await;
                let unchanged = locked(&hub.courier.pen).emptied == emptied;
                if unchanged {
                    hub.release(hold.release);
                }
                drop(item);
            });
        }
    }

    /// Lets everything go that is kept back.
    pub(crate) fn release(self: &Arc<Self>, how: Release) {
        let mut held = {
            let mut pen = locked(&self.courier.pen);
            pen.emptied += 1;
            std::mem::take(&mut pen.held)
        };
        match how {
            Release::Together if held.is_empty() => {}
            Release::Together => drop(self.launch(held)),
            Release::Shuffled => {
                self.faults().shuffle(&mut held);
                let (hub, item) = (Arc::clone(self), self.agenda.item(self.now()));
                self.spawn(async move {
                    for change in held {
                        hub.launch(vec![change]).await;
                    }
                    drop(item);
                });
            }
        }
    }
}
