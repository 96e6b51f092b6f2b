//! One random history.

use std::time::Duration;

use fastrand::Rng;
use ponte_simulator::{FaultPlan, Hold, Odds, Release};
use ponte_tests::{NUMBER, Stage, StageBuilder, guests};

use crate::world::{World, tail};

/// What the number may do in a second: by the simulator, and by Ponte's settings. Meta counts what comes in before
/// Ponte can know of it, and requests are on their way while the clock jumps, so the two need a distance.
const ALLOWED: u32 = 20;
const BELIEVED: u32 = 10;

/// Enough for their reminders to be due at once in a crowd.
const CUSTOMERS: usize = 40;

/// How the pipeline is built; mutants change it.
#[derive(Clone, Copy)]
pub(crate) struct Rig {
    pub(crate) rules: &'static [ponte_policy::Rule],
    pub(crate) throughput: u32,
}

impl Default for Rig {
    fn default() -> Self {
        Self { rules: ponte_policy::ORDER, throughput: BELIEVED }
    }
}

/// Plays a history of so many steps.
pub(crate) async fn play(seed: u64, steps: usize, rig: Rig) -> Result<(), String> {
    let mut rng = Rng::with_seed(seed);
    let mut stage = StageBuilder::default()
        .guest("insist", &guests::insisting(), NUMBER)
        .settings(|settings| {
            settings.rules = rig.rules;
            // Sixty lines in half a minute are meant to try the pair rate here, not to be taken for a machine's.
            settings.loops.turns = 0;
        })
        .throughput(ALLOWED)
        .own_throughput(rig.throughput)
        .start()
        .await;
    let customers: Vec<String> = (0..CUSTOMERS).map(|n| format!("55119{n:08}")).collect();
    let mut world = World::default();
    let mut done = Vec::new();
    for step in 0..steps {
        let told;
        (stage, told) = one(stage, &mut rng, &customers, &mut world).await;
        done.push(told);
        if rng.u8(..4) == 0 {
            settle(&stage, &mut rng).await;
        }
        if let Err(failure) = world.check(&stage).await {
            let last = done.split_off(done.len().saturating_sub(15)).join("\n");
            return Err(format!(
                "seed {seed}, step {step}: {failure}\n\nSteps:\n{last}\n\nSeen by Meta:\n{}",
                tail(&stage)
            ));
        }
    }
    finish(stage, &mut rng).await.map_err(|failure| format!("seed {seed}, in the end: {failure}"))
}

/// One thing happens.
async fn one(stage: Stage, rng: &mut Rng, customers: &[String], world: &mut World) -> (Stage, String) {
    let who = &customers[rng.usize(..customers.len())];
    let phone = || stage.simulator.business_phone(NUMBER).expect("the number is in the app");
    let told = match rng.u8(..100) {
        0..39 => {
            let letters = "a".repeat(rng.usize(1..30));
            stage.simulator.customer(who.as_str()).writes(&letters).await;
            // More than the number's throughput must not come in: then nothing could be answered at all.
            forward(&stage, Duration::from_millis(rng.u64(150..600)));
            format!("{who} writes {letters}")
        }
        39 => {
            chatter(&stage, who).await;
            format!("{who} writes sixty lines")
        }
        40..46 => {
            for line in ["b", "bb", "bbb", "bbbb", "bbbbb", "bbbbbb"] {
                stage.simulator.customer(who.as_str()).writes(line).await;
            }
            forward(&stage, Duration::from_millis(1_000));
            format!("{who} writes six lines")
        }
        46..58 => {
            phone().writes(who.as_str(), "deixa comigo").await;
            world.expect_echo(who);
            format!("the owner writes to {who}")
        }
        58..70 => forward(&stage, Duration::from_millis(rng.u64(100..20_000))),
        70..78 => leap(&stage, Duration::from_secs(rng.u64(60..3 * 3600))).await,
        78..84 => leap(&stage, Duration::from_secs(rng.u64(3 * 3600..30 * 3600))).await,
        84..92 => {
            let plan = faults(rng);
            let told = format!("faults: {plan:?}");
            stage.simulator.faults(|faults| *faults = plan);
            told
        }
        92..95 => {
            let customer = stage.simulator.customer(who.as_str());
            let said = customer.writes("corrijo").await;
            customer.edits(&said, "corrigido").await;
            customer.reacts(&said, "\u{1F44D}").await;
            forward(&stage, Duration::from_millis(500));
            format!("{who} edits and reacts")
        }
        95..97 => {
            phone().offboard().await;
            leap(&stage, Duration::from_secs(rng.u64(1..7200))).await;
            phone().reconnect().await;
            "the number leaves and returns".to_owned()
        }
        _ => {
            stage.simulator.faults(|faults| *faults = FaultPlan::default());
            if rng.bool() {
                return (stage.restart().await, "restart".to_owned());
            }
            chatter(&stage, who).await;
            let stage = stage.restart().await;
            chatter(&stage, who).await;
            return (stage, format!("{who} writes sixty lines before a restart, and sixty after"));
        }
    };
    (stage, told)
}

/// More lines than may be answered at once.
async fn chatter(stage: &Stage, who: &str) {
    for line in 1..60 {
        stage.simulator.customer(who).writes(&"c".repeat(1 + line % 25)).await;
        forward(stage, Duration::from_millis(500));
    }
}

fn forward(stage: &Stage, by: Duration) -> String {
    stage.clock.advance(by);
    format!("{by:?} later")
}

/// As [`forward`], but not while a request is on its way: none takes hours.
async fn leap(stage: &Stage, by: Duration) -> String {
    let mut quiet = 0;
    for _ in 0..2_000 {
        quiet = if stage.runtime.is_still() { quiet + 1 } else { 0 };
        if quiet >= 3 {
            break;
        }
        ponte_clock::pause(Duration::from_millis(1)).await;
    }
    forward(stage, by)
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

/// Lets time pass in small steps until nothing is on its way.
pub(crate) async fn settle(stage: &Stage, rng: &mut Rng) {
    for _ in 0..400 {
        if stage.runtime.is_still() {
            ponte_clock::pause(Duration::from_millis(1)).await;
            if stage.runtime.is_still() {
                if stage.runtime.is_idle() {
                    return;
                }
                stage.clock.advance(Duration::from_millis(rng.u64(200..8_000)));
            }
        }
        ponte_clock::pause(Duration::from_millis(1)).await;
    }
}

/// When nothing goes wrong any more, nothing may stay behind.
async fn finish(stage: Stage, rng: &mut Rng) -> Result<(), String> {
    stage.simulator.faults(|faults| *faults = FaultPlan::default());
    for _ in 0..20 {
        settle(&stage, rng).await;
        stage.clock.advance(Duration::from_secs(600));
    }
    settle(&stage, rng).await;
    let backlog = stage.store().backlog().await.map_err(|error| error.to_string())?;
    if backlog.inbox > 0 || backlog.queued > 0 || backlog.parked > 0 {
        return Err(format!("something was left behind: {backlog:?}"));
    }
    Ok(())
}
