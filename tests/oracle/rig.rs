//! How the pipeline is built, and what Meta and the shop expect of it. Mutants change what it believes.

use ponte_model::consent::{Category, Change, Entry, Purpose, Source, Statement};
use ponte_model::{Budget, Currency, Scope};
use ponte_policy::pacing::PAIR_RATE;
use ponte_policy::{ORDER, Rule};
use ponte_simulator::Template;
use ponte_tests::{NUMBER, Stage, StageBuilder, WABA, guests};

/// What the number may do in a second: by the simulator, and by Ponte's settings. Meta counts what comes in before
/// Ponte can know of it, and requests are on their way while the clock jumps, so the two need a distance.
const ALLOWED: u32 = 20;
pub(crate) const BELIEVED: u32 = 10;

/// Enough for their reminders to be due at once in a crowd.
const CUSTOMERS: usize = 40;

/// Minutes for which the phone comes first, where its answers are not seen.
pub(crate) const PATIENCE: u32 = 10;

/// The templates of the account: name, category, text.
pub(crate) const TEMPLATES: [(&str, &str, &str); 4] = [
    ("t_aviso", "UTILITY", "Seu pedido saiu."),
    ("t_oferta", "MARKETING", "Oferta!"),
    ("t_novo", "UTILITY", "Novidades do seu pedido."),
    ("t_volte", "UTILITY", "Ainda quer?"),
];

/// How the pipeline is built.
#[derive(Clone, Copy)]
pub(crate) struct Rig {
    /// What every message has to pass.
    pub(crate) rules: &'static [Rule],
    /// Messages a second, as Ponte believes.
    pub(crate) throughput: u32,
    /// Messages to one person at once, as Ponte believes.
    pub(crate) pair_burst: u32,
    /// Customers talk more than otherwise.
    pub(crate) chatty: bool,
    /// The phone's answers are not passed on in time: it comes first for [`PATIENCE`].
    pub(crate) blind: bool,
    /// What templates may cost in a day, in micro-units; and as Ponte was told.
    pub(crate) budget: Option<(i64, i64)>,
    /// To how many people a day templates may be sent outside the window; and as Ponte believes.
    pub(crate) reach: Option<(u32, u32)>,
}

impl Default for Rig {
    fn default() -> Self {
        Self {
            rules: ORDER,
            throughput: BELIEVED,
            pair_burst: PAIR_RATE.burst,
            chatty: false,
            blind: false,
            budget: None,
            reach: None,
        }
    }
}

impl Rig {
    /// Histories differ in what holds them: half of them have nothing special.
    pub(crate) fn of(seed: u64) -> Self {
        let rig = Self::default();
        match seed % 8 {
            1 => Self { blind: true, ..rig },
            3 => Self { budget: Some((2_000_000, 2_000_000)), ..rig },
            5 => Self { reach: Some((5, 5)), ..rig },
            7 => Self { blind: true, budget: Some((2_000_000, 2_000_000)), reach: Some((5, 5)), ..rig },
            _ => rig,
        }
    }

    /// Without one of the rules.
    pub(crate) fn without(self, rule: &str) -> Self {
        let rest: Vec<Rule> = ORDER.iter().copied().filter(|(name, _)| *name != rule).collect();
        assert_eq!(rest.len() + 1, ORDER.len(), "there is no rule {rule}");
        Self { rules: rest.leak(), ..self }
    }

    /// Starts the pipeline and the world, with templates listed and agreements written down.
    pub(crate) async fn start(self) -> Stage {
        let mut builder = StageBuilder::default()
            .guest("insist", &guests::insisting(), NUMBER)
            .settings(|settings| {
                settings.rules = self.rules;
                settings.rates = ponte_tests::rates::rates("service = \"free\"");
                settings.pair.burst = self.pair_burst;
                // Sixty lines in half a minute are meant to try the pair rate, not to be taken for a machine's.
                settings.loops.turns = 0;
            })
            .throughput(ALLOWED)
            .own_throughput(self.throughput);
        if let Some((_, believed)) = self.reach {
            builder = builder.daily_reach(believed);
        }
        let stage = builder.start().await;
        for (name, category, text) in TEMPLATES {
            stage.simulator.put_template(WABA, Template::approved(name, "pt_BR", category, text));
        }
        stage.runtime.sync_templates().await;
        for customer in customers().iter().filter(|customer| agreed(customer)) {
            agree(&stage, customer).await;
        }
        if self.blind {
            change_number(&stage, |config| {
                config.profile = "zenvia-like".to_owned();
                config.echo_blind_minutes = Some(PATIENCE);
            })
            .await;
        }
        if let Some((_, hard)) = self.budget {
            let budget = Budget { currency: Currency::parse("BRL").expect("a currency"), soft: None, hard: Some(hard) };
            stage.store().put_budget(&Scope::Number(NUMBER.into()), Some(&budget)).await.expect("it is stored");
        }
        stage.runtime.reload().await.expect("it is read");
        stage
    }
}

/// The phones of everybody who writes.
pub(crate) fn customers() -> Vec<String> {
    (0..CUSTOMERS).map(|n| format!("55119{n:08}")).collect()
}

/// Whether the shop can show that a customer agreed to promotion.
pub(crate) fn agreed(customer: &str) -> bool {
    !customer.ends_with(['0', '5'])
}

async fn agree(stage: &Stage, customer: &str) {
    let contact =
        stage.store().meet(&"shop".into(), &customer.into(), stage.runtime.now()).await.expect("they are met");
    let statement = Statement {
        key: format!("form-{customer}"),
        purpose: Purpose::Marketing,
        change: Change::Given,
        source: Source::Operator,
        text: Some("Quero receber ofertas".to_owned()),
        version: None,
        at: stage.runtime.now(),
    };
    stage.store().add_consent(vec![Entry { contact, statement }]).await.expect("it is written down");
}

/// Changes what is set for the number, as `ponte number` does.
pub(crate) async fn change_number(stage: &Stage, change: impl FnOnce(&mut ponte_store::NumberConfig)) {
    let rows = stage.store().numbers().await.expect("the numbers are read");
    let mut row = rows.into_iter().find(|row| row.id.as_str() == NUMBER).expect("the number is registered");
    change(&mut row.config);
    stage.store().put_number(&row, stage.runtime.now()).await.expect("it is stored");
    stage.runtime.reload().await.expect("it is read");
}

/// Micro-units that a template costs here; everything else is free.
pub(crate) fn price(category: Category) -> i64 {
    match category {
        Category::Marketing => 400_000,
        Category::Utility | Category::Authentication => 100_000,
    }
}
