//! What messages cost in tests: marketing 0.40 BRL to Brazil, everything else that is charged 0.10.

use std::sync::Arc;

use ponte_policy::money::RateBook;

/// The rates; `service` are the lines about service messages.
pub fn rates(service: &str) -> Arc<RateBook> {
    let text = format!(
        r#"
[[card]]
valid_from = "2026-10-01"
currency = "BRL"
source = "a test"
[[card.rate]]
market = "Brazil"
marketing = "0.40"
utility = "0.10"
authentication = "0.10"

[[period]]
from = "2026-10-01"
source = "a test"
marketing = "charged"
utility = "charged"
authentication = "charged"
{service}
"#
    );
    Arc::new(RateBook::parse(&text).expect("the rates are right"))
}

/// Service messages cost what utility templates do, after so many free ones a month.
pub fn charged_service(allowance: u32) -> Arc<RateBook> {
    rates(&format!("service = \"charged\"\nservice_priced_as = \"utility\"\nfree_service_messages = {allowance}"))
}
