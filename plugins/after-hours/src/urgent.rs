//! The setting `urgent`.

use serde::Deserialize;

/// A button for what cannot wait.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Urgent {
    /// Whether there is such a button.
    pub enabled: bool,
    /// Its label, 20 characters; a text of the package if none.
    pub label: Option<String>,
    /// The note for the person on the phone; a text of the package if none.
    pub hand_off: Option<String>,
}
