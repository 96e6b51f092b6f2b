use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use ponte_connect::{ClientSettings, Model, Prices};
use ponte_model::TenantId;
use secrecy::SecretString;

/// The way out, as the operator sets it. By default nothing is reached but what manifests declare on the public internet.
#[derive(Clone)]
pub struct OutsideSettings {
    /// The HTTP client: names, private hosts, patience.
    pub client: ClientSettings,
    /// Where the key of the secrets is. Without it there are none.
    pub data_dir: Option<PathBuf>,
    /// The model. Without it flows fall back on what they declare.
    pub ai: Option<AiSettings>,
    /// Shops' own systems that can be asked for orders.
    pub orders: Vec<OrdersSource>,
    /// Runs at once of flows that may wait for somebody outside. They compute little, and have places of their own.
    pub waiting_runs: usize,
    /// Requests to one host on their way at once, of those that leave after a run.
    pub requests_per_host: usize,
    /// The same for all hosts together.
    pub requests: usize,
}

impl Default for OutsideSettings {
    fn default() -> Self {
        Self {
            client: ClientSettings::default(),
            data_dir: None,
            ai: None,
            orders: Vec::new(),
            waiting_runs: 32,
            requests_per_host: 4,
            requests: 64,
        }
    }
}

impl fmt::Debug for OutsideSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let orders: Vec<_> = self.orders.iter().map(|source| &source.name).collect();
        f.debug_struct("OutsideSettings")
            .field("ai", &self.ai.is_some())
            .field("orders", &orders)
            .finish_non_exhaustive()
    }
}

/// A model and its price.
#[derive(Clone)]
pub struct AiSettings {
    /// Who answers.
    pub model: Arc<dyn Model>,
    /// What tokens cost.
    pub prices: Prices,
    /// What an installation may spend in a day (UTC), in micro-units of the currency of the prices.
    pub most_a_day: i64,
}

/// A shop's own system that can be asked for orders.
#[derive(Clone)]
pub struct OrdersSource {
    /// Its name; what `source` says in its orders.
    pub name: String,
    /// Whose it is; everybody's where none is named.
    pub tenant: Option<TenantId>,
    /// The address for an order by its number, with `{number}`.
    pub find: Option<String>,
    /// The address for the orders of a person, with `{phone}`.
    pub of_contact: Option<String>,
    /// The country of phone numbers without any.
    pub country: Option<String>,
    /// Sent as a bearer token.
    pub key: Option<SecretString>,
}
