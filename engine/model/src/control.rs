//! Who speaks, said by an operator.

use serde::{Deserialize, Serialize};

use crate::HandOffTarget;

/// An operator takes a conversation or gives it back: on the command line, or in a console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// What is ordered.
    pub order: ControlOrder,
    /// Who ordered it, in their own words.
    pub by: String,
}

/// What an operator orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ControlOrder {
    /// Give the conversation back: nobody owns it.
    Release,
    /// Give it to people.
    Take(HandOffTarget),
}
