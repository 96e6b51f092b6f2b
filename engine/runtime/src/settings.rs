use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ponte_model::TenantId;
use ponte_model::consent::Category;
use ponte_policy::consent::ConsentRules;
use ponte_policy::money::RateBook;
use ponte_policy::pacing::{Ceilings, PAIR_RATE, PairRate};
use ponte_policy::{LOOP, LoopRules, Rule};

use crate::outside::OutsideSettings;
use crate::recordings::RecordingSettings;

/// How big and how patient the pipeline is. The defaults suit a small machine.
#[derive(Clone, Debug)]
pub struct RuntimeSettings {
    /// Whose events on numbers that nobody has registered are.
    pub default_tenant: TenantId,
    /// So many events may wait. More are answered 503, before memory grows, and Meta delivers them again.
    pub max_pending: usize,
    /// So many events are in hand at once. Most wait for a commit, so this is far more than there are cores.
    pub in_hand: usize,
    /// So many plugins run at once. Running is pure computing: more than two a core only makes each slower.
    pub runs: usize,
    /// So many requests of one number are on their way at once.
    pub requests_per_number: usize,
    /// So long must an event be kept, because the platform may deliver it again: Meta names seven days of retries.
    pub retention: Duration,
    /// So long a shutdown waits for what is in hand; longer than a request to Meta may take, or an ordinary slow send
    /// would end in doubt.
    pub patience: Duration,
    /// What every message has to pass. Tests take one out to see that it is missed.
    pub rules: &'static [Rule],
    /// Languages that a template is sent in, in this order, where it has neither the wanted one nor that without its
    /// country.
    pub template_fallbacks: Vec<String>,
    /// Our own app at Meta, by its id: it tells whether control of a thread is ours. Where it is not known, every handover
    /// is taken for one to somebody else, until a customer's message comes to us.
    pub app_id: Option<String>,
    /// What is kept of each run, so that it can be run again.
    pub recordings: RecordingSettings,
    /// What messages cost.
    pub rates: Arc<RateBook>,
    /// What is set about consent, frequency and quiet hours, for every tenant.
    pub consent: ConsentRules,
    /// How many messages may leave in an hour and a day, for every tenant.
    pub ceilings: Ceilings,
    /// When automation stops because a machine seems to answer it.
    pub loops: LoopRules,
    /// How many messages may go to one person. Tests widen it to see that the platform's limit is missed.
    pub pair: PairRate,
    /// Categories of templates by name, as the operator declares them. One that is not among them is of unknown
    /// category: see [`ConsentRules::strict`].
    pub template_categories: BTreeMap<String, Category>,
    /// The way out for flows: web services, orders, a model.
    pub outside: OutsideSettings,
}

impl Default for RuntimeSettings {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            default_tenant: "default".into(),
            max_pending: 20_000,
            in_hand: 256,
            runs: 2 * cores,
            requests_per_number: 64,
            retention: Duration::from_secs(10 * 24 * 3600),
            patience: Duration::from_secs(40),
            rules: ponte_policy::ORDER,
            template_fallbacks: Vec::new(),
            app_id: None,
            recordings: RecordingSettings::default(),
            rates: Arc::new(RateBook::default()),
            consent: ConsentRules::default(),
            ceilings: Ceilings::default(),
            loops: LOOP,
            pair: PAIR_RATE,
            template_categories: BTreeMap::new(),
            outside: OutsideSettings::default(),
        }
    }
}
