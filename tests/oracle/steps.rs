//! What may happen next in a history.

use std::time::Duration;

use fastrand::Rng;
use ponte_policy::lifecycle::Command;
use ponte_runtime::command_number;
use ponte_simulator::{FaultPlan, Hold, Odds, Release, WebhookFaults};
use ponte_tests::{NUMBER, Stage, WABA};
use serde_json::json;

use crate::rig::{BELIEVED, TEMPLATES, change_number};
use crate::world::World;

/// One thing that happens.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A customer writes so many letters; the flow sets a reminder of as many hours.
    Writes(String, usize),
    /// A customer writes several lines at once.
    Lines(String),
    /// A customer writes more lines than may be answered at once.
    Chatters(String),
    /// A customer asks the flow for a template, so many times.
    Asks(String, &'static str, u32),
    /// A customer writes, corrects it, and reacts to it.
    Edits(String),
    /// A customer asks to be left alone, or takes that back.
    Says(String, &'static str),
    /// A customer stops marketing in WhatsApp's own settings, or takes that back.
    Prefers(String, bool),
    /// The owner answers on the phone.
    Owner(String),
    /// Time passes.
    Passes(Duration),
    /// Much time passes; no request is on its way meanwhile.
    Leaps(Duration),
    /// Meta judges a template anew.
    Judged(&'static str, &'static str),
    /// Meta moves a template into another category.
    Moved(&'static str, &'static str),
    /// The number leaves the API and returns.
    Leaves(Duration),
    /// Meta bars the account from beginning conversations.
    Restricted(Duration),
    /// The operator puts the number on the phone alone, or takes that back.
    AppOnly(bool),
    /// The operator pauses the number, or lets it go on.
    Paused(bool),
    /// The operator sets another throughput, in relation to what they believe that the number may do.
    Throughput(u32),
    /// What goes wrong from now on.
    Faults(Box<FaultPlan>),
    /// The pipeline ends and starts anew.
    Restarts,
    /// The same, in the middle of much talk.
    RestartsAmong(String),
}

type Draw = fn(&mut Rng, &str) -> Step;

/// What may happen, and how often of a thousand times.
const STEPS: &[(u32, Draw)] = &[
    (300, |rng, who| Step::Writes(who.into(), rng.usize(1..30))),
    (60, |_, who| Step::Lines(who.into())),
    (3, |_, who| Step::Chatters(who.into())),
    (110, |rng, who| Step::Asks(who.into(), TEMPLATES[rng.usize(..TEMPLATES.len())].0, rng.u32(1..4))),
    (30, |_, who| Step::Edits(who.into())),
    (24, |rng, who| Step::Says(who.into(), if rng.u8(..5) < 3 { "parar" } else { "voltar" })),
    (24, |rng, who| Step::Prefers(who.into(), rng.bool())),
    (120, |_, who| Step::Owner(who.into())),
    (100, |rng, _| Step::Passes(Duration::from_millis(rng.u64(100..20_000)))),
    (70, |rng, _| Step::Leaps(Duration::from_secs(rng.u64(60..3 * 3600)))),
    (50, |rng, _| Step::Leaps(Duration::from_secs(rng.u64(3 * 3600..30 * 3600)))),
    (14, |rng, _| {
        let status = ["PAUSED", "DISABLED", "APPROVED", "APPROVED"][rng.usize(..4)];
        Step::Judged(TEMPLATES[rng.usize(..TEMPLATES.len())].0, status)
    }),
    (8, |rng, _| Step::Moved("t_novo", ["MARKETING", "UTILITY"][rng.usize(..2)])),
    (10, |rng, _| Step::Leaves(Duration::from_secs(rng.u64(1..7_200)))),
    (5, |rng, _| Step::Restricted(Duration::from_secs(rng.u64(600..90_000)))),
    (8, |rng, _| Step::AppOnly(rng.u8(..3) == 0)),
    (8, |rng, _| Step::Paused(rng.u8(..3) == 0)),
    (6, |rng, _| Step::Throughput([1, 3, 5, 10][rng.usize(..4)])),
    (70, |rng, _| Step::Faults(Box::new(faults(rng)))),
    (14, |_, _| Step::Restarts),
    (2, |_, who| Step::RestartsAmong(who.into())),
];

impl Step {
    /// Draws what happens next.
    pub(crate) fn draw(rng: &mut Rng, customers: &[String]) -> Self {
        let who = &customers[rng.usize(..customers.len())];
        let mut place = rng.u32(..STEPS.iter().map(|(weight, _)| weight).sum::<u32>());
        for (weight, draw) in STEPS {
            if place < *weight {
                return draw(rng, who);
            }
            place -= weight;
        }
        unreachable!("the weights add up")
    }

    /// Lets it happen.
    pub(crate) async fn take(self, stage: Stage, rng: &mut Rng, world: &mut World) -> Stage {
        let customer = |who: &str| stage.simulator.customer(who);
        let phone = || stage.simulator.business_phone(NUMBER).expect("the number is in the app");
        match self {
            Self::Writes(who, letters) => {
                customer(&who).writes(&"a".repeat(letters)).await;
                // More than the number's throughput must not come in: then nothing could be answered at all.
                stage.clock.advance(Duration::from_millis(rng.u64(150..600)));
            }
            Self::Lines(who) => {
                for line in ["b", "bb", "bbb", "bbbb", "bbbbb", "bbbbbb"] {
                    customer(&who).writes(line).await;
                }
                stage.clock.advance(Duration::from_secs(1));
            }
            Self::Chatters(who) => chatter(&stage, &who).await,
            Self::Asks(who, template, times) => {
                for _ in 0..times {
                    customer(&who).writes(template).await;
                    stage.clock.advance(Duration::from_millis(rng.u64(150..600)));
                }
            }
            Self::Edits(who) => {
                let said = customer(&who).writes("corrijo").await;
                customer(&who).edits(&said, "corrigido").await;
                customer(&who).reacts(&said, "\u{1F44D}").await;
                stage.clock.advance(Duration::from_millis(500));
            }
            Self::Says(who, word) => {
                customer(&who).writes(word).await;
                world.wishes.said(&who, word == "parar", stage.runtime.now());
                stage.clock.advance(Duration::from_millis(500));
            }
            Self::Prefers(who, stops) => {
                match stops {
                    true => customer(&who).stops_marketing().await,
                    false => customer(&who).resumes_marketing().await,
                }
                world.wishes.preferred(&who, stops, stage.runtime.now());
            }
            Self::Owner(who) => {
                phone().writes(who.as_str(), "deixa comigo").await;
                world.echoes.expect(&who);
            }
            Self::Passes(by) => stage.clock.advance(by),
            Self::Leaps(by) => leap(&stage, by).await,
            Self::Judged(name, status) => {
                stage.simulator.set_template_status(WABA, name, "pt_BR", status).await;
                world.listed.changed();
            }
            Self::Moved(name, category) => {
                stage.simulator.set_template_category(WABA, name, "pt_BR", category).await;
                world.listed.moved(name, category);
            }
            Self::Leaves(during) => {
                phone().offboard().await;
                leap(&stage, during).await;
                phone().reconnect().await;
            }
            Self::Restricted(during) => {
                let until = stage.runtime.now().plus(during);
                let info =
                    json!({"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": until.as_secs()});
                let update = json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [info]});
                stage.simulator.webhook(WABA, "account_update", update).await;
                world.orders.restricted(until);
            }
            Self::AppOnly(on) => {
                stage.set_policy(&format!("[app_only]\ntenant = {on}\n")).await;
                world.orders.app_only.turn(on, stage.runtime.now());
            }
            Self::Paused(on) => {
                let command = if on { Command::Pause { why: "inventário".into() } } else { Command::Resume };
                let now = stage.runtime.now();
                command_number(&**stage.store(), &NUMBER.into(), &command, now).await.expect("it is stored");
                stage.runtime.reload().await.expect("it is read");
                world.orders.paused.turn(on, stage.runtime.now());
            }
            Self::Throughput(most) => {
                let most = most * world.rig.throughput / BELIEVED;
                change_number(&stage, |config| config.throughput = most).await;
            }
            Self::Faults(plan) => {
                world.told_since = (plan.webhooks == WebhookFaults::default()).then(|| stage.runtime.now());
                stage.simulator.faults(|faults| *faults = *plan);
            }
            Self::Restarts => {
                world.told_since = Some(stage.runtime.now());
                stage.simulator.faults(|faults| *faults = FaultPlan::default());
                return stage.restart().await;
            }
            Self::RestartsAmong(who) => {
                world.told_since = Some(stage.runtime.now());
                stage.simulator.faults(|faults| *faults = FaultPlan::default());
                chatter(&stage, &who).await;
                let stage = stage.restart().await;
                chatter(&stage, &who).await;
                return stage;
            }
        }
        stage
    }
}

async fn chatter(stage: &Stage, who: &str) {
    for line in 1..60 {
        stage.simulator.customer(who).writes(&"c".repeat(1 + line % 25)).await;
        stage.clock.advance(Duration::from_millis(500));
    }
}

/// Lets hours pass, but not while a request is on its way: none takes that long.
pub(crate) async fn leap(stage: &Stage, by: Duration) {
    let mut quiet = 0;
    for _ in 0..2_000 {
        quiet = if stage.runtime.is_still() { quiet + 1 } else { 0 };
        if quiet >= 3 {
            break;
        }
        ponte_clock::pause(Duration::from_millis(1)).await;
    }
    stage.clock.advance(by);
}

/// What goes wrong from now on: webhooks, echoes, and sends that Meta turns away for the moment.
fn faults(rng: &mut Rng) -> FaultPlan {
    let mut plan = FaultPlan::default();
    match rng.u8(..8) {
        0 => plan.webhooks.duplicate = (Odds::Share(0.5), 2),
        1 => plan.webhooks.drop = Odds::Share(0.3),
        2 => plan.webhooks.hold = Some(Hold { size: 4, wait: Duration::from_secs(5), release: Release::Shuffled }),
        3 => plan.echo_delay = Duration::from_secs(90),
        4 => plan.sends.error = (Odds::Next(2), 130_429),
        5 => plan.sends.drop_request = Odds::Next(1),
        _ => {}
    }
    plan
}
