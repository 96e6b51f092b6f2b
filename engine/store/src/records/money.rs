use ponte_model::{Charge, Currency, DeliveryStatus, InstallationId, NumberId, Stage, TenantId};
use serde::Serialize;

/// What a status means for a line of the ledger: the line afterwards, if it changes. Whoever knows the prices decides;
/// the store asks in the transaction that applies the status.
pub type Settler = fn(&Charge, &DeliveryStatus) -> Option<Charge>;

/// Lines of the ledger that are alike, added up. Amounts are micro-units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChargeTotal {
    /// The day, in the account's zone.
    pub day: String,
    /// Who pays.
    pub tenant: TenantId,
    /// The number.
    pub number: NumberId,
    /// The flow.
    pub installation: Option<InstallationId>,
    /// The market.
    pub market: Option<String>,
    /// The category.
    pub category: Option<String>,
    /// Why they cost nothing, if so.
    pub free: Option<String>,
    /// The currency.
    pub currency: Option<Currency>,
    /// How far they got.
    pub stage: Stage,
    /// How many messages.
    pub messages: u64,
    /// Those among them whose price nobody knows.
    pub unknown: u64,
    /// What they cost.
    pub amount: i64,
    /// What is set aside for them.
    pub held: i64,
    /// Those after which somebody wrote from the phone soon, or that left while the phone held the conversation.
    pub near_phone: u64,
    /// What those cost.
    pub near_phone_amount: i64,
}
