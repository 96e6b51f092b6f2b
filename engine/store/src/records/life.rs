use ponte_model::{NumberId, Timestamp};
use serde_json::Value;

/// A number's life as the store keeps it, and what was last heard of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LifeRow {
    /// Which number.
    pub number: NumberId,
    /// What the policy made of updates and commands; null at first.
    pub life: Value,
    /// Grows with each write of the life.
    pub revision: i64,
    /// When the number was registered.
    pub registered_at: Timestamp,
    /// What was last heard of it.
    pub signs: SignsRow,
}

/// What was last heard of a number; the epoch stands for never. Exact to a minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignsRow {
    /// When anything last came from the phone.
    pub phone_at: Timestamp,
    /// When the last app echo was written.
    pub echo_at: Timestamp,
    /// When a customer last wrote.
    pub customer_at: Timestamp,
    /// When a customer first wrote after the last echo.
    pub asked_at: Timestamp,
    /// When the address book last came.
    pub contacts_at: Timestamp,
    /// When history last came, or the owner's refusal to share it.
    pub history_at: Timestamp,
}
