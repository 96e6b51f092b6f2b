use ponte_model::consent::Statement;
use ponte_model::{Phone, Timestamp, UserId};

use super::ConsentSeen;

/// What the verdict on messages to a person is made of, read at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StandingRow {
    /// The person's lines of the ledger, oldest first.
    pub entries: Vec<Statement>,
    /// Why nothing automatic may reach them, if so.
    pub suppressed: Option<String>,
    /// Phone in digits.
    pub phone: Option<Phone>,
    /// BSUID.
    pub user_id: Option<UserId>,
    /// Their tags.
    pub tags: Vec<String>,
    /// Templates that left for them of late, or may have: name, language, and when.
    pub templates: Vec<TemplateSent>,
    /// Templates that failed of late: Meta's code, and when.
    pub failed: Vec<(i64, Timestamp)>,
    /// How far the ledger was read.
    pub consent: ConsentSeen,
}

/// A template that left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateSent {
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: String,
    /// When.
    pub at: Timestamp,
}
