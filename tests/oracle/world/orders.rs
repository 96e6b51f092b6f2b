//! What the operator and the platform forbade for a time.

use ponte_model::Timestamp;
use ponte_model::consent::Category;
use ponte_runtime::life_of;
use ponte_tests::{NUMBER, Stage};

/// Something that is switched on and off.
#[derive(Default)]
pub(crate) struct Switch(Option<Timestamp>);

impl Switch {
    /// It was, and that was in force by `now`.
    pub(crate) fn turn(&mut self, on: bool, now: Timestamp) {
        self.0 = on.then_some(now);
    }

    fn is_on(&self, at: Timestamp) -> bool {
        self.0.is_some_and(|since| since < at)
    }
}

#[derive(Default)]
pub(crate) struct Orders {
    pub(crate) app_only: Switch,
    pub(crate) paused: Switch,
    restricted: Option<Restriction>,
}

struct Restriction {
    until: Timestamp,
    known: Option<Timestamp>,
}

impl Orders {
    /// Meta lets the account begin no conversations until then.
    pub(crate) fn restricted(&mut self, until: Timestamp) {
        self.restricted = Some(Restriction { until, known: None });
    }

    pub(super) async fn learn(&mut self, stage: &Stage) {
        let Some(restriction) = self.restricted.as_mut().filter(|restriction| restriction.known.is_none()) else {
            return;
        };
        let Ok(lives) = stage.store().lives().await else { return };
        let life = lives.iter().find(|row| row.number.as_str() == NUMBER).and_then(|row| life_of(row).ok());
        let until = restriction.until.as_secs();
        if life.is_some_and(|life| format!("{life:?}").contains(&format!("{until}"))) {
            restriction.known = Some(stage.runtime.now());
        }
    }

    /// Why a message may not leave, if so; `category` is that of a template.
    pub(super) fn objection(&self, category: Option<Category>, at: Timestamp) -> Option<String> {
        if self.paused.is_on(at) {
            return Some("while the operator paused the number".to_owned());
        }
        if category.is_none() && self.app_only.is_on(at) {
            return Some("while the number is on the phone alone".to_owned());
        }
        let restriction = self.restricted.as_ref()?;
        let knew = restriction.known.is_some_and(|known| known < at) && at < restriction.until;
        (knew && category.is_some()).then(|| format!("while Meta bars templates, until {}", restriction.until))
    }
}
