use ponte_model::template::Registered;
use ponte_model::{Timestamp, WabaId};

/// The templates of an account, as they were listed and as webhooks have changed them since.
#[derive(Clone, Debug, PartialEq)]
pub struct TemplateBook {
    /// The account.
    pub waba: WabaId,
    /// When they were last listed.
    pub read_at: Timestamp,
    /// All of them, by name and language.
    pub templates: Vec<Registered>,
}

/// How much a template was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateUseRow {
    /// The account.
    pub waba: WabaId,
    /// The template, in all its languages.
    pub name: String,
    /// How many messages left.
    pub sent: i64,
    /// When the last one left.
    pub last_at: Timestamp,
}
