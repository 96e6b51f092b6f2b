//! Which messages are charged, from when on.

use chrono::NaiveDate;
use serde::Deserialize;

use super::Category;

/// Whether a category is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Tariff {
    /// Always, save in an open free entry point window.
    Charged,
    /// Never.
    Free,
    /// Only while the customer-service window is closed.
    OutsideWindow,
    /// Once per conversation of a day; there is no price per message.
    ByConversation,
}

/// What is charged from a day on, until the next period.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Period {
    pub(super) from: NaiveDate,
    #[expect(dead_code, reason = "says where the data comes from")]
    source: String,
    marketing: Tariff,
    utility: Tariff,
    authentication: Tariff,
    service: Tariff,
    /// The category whose first price service messages cost where the card does not say.
    #[serde(default)]
    service_priced_as: Option<String>,
    /// Free delivered service messages per number and month.
    #[serde(default)]
    pub(super) free_service_messages: u64,
}

impl Period {
    pub(super) fn tariff(&self, category: Category) -> Tariff {
        match category {
            Category::Marketing => self.marketing,
            Category::Utility => self.utility,
            Category::Authentication | Category::AuthenticationInternational => self.authentication,
            Category::Service => self.service,
        }
    }

    pub(super) fn service_priced_as(&self) -> Option<Category> {
        Category::parse(self.service_priced_as.as_deref()?)
    }
}
