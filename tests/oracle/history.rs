//! One random history.

use std::time::Duration;

use fastrand::Rng;
use ponte_policy::lifecycle::Command;
use ponte_runtime::command_number;
use ponte_simulator::FaultPlan;
use ponte_store::SendState;
use ponte_tests::{NUMBER, Stage, WABA};

use crate::rig::{Rig, TEMPLATES, customers};
use crate::steps::{Step, leap};
use crate::world::{World, tail};

/// Plays a history of so many steps.
pub(crate) async fn play(seed: u64, steps: usize, rig: Rig) -> Result<(), String> {
    let mut rng = Rng::with_seed(seed);
    let mut stage = rig.start().await;
    let customers = customers();
    let mut world = World::new(rig);
    let mut done = Vec::new();
    for count in 0..steps {
        let step = match rng.u8(..20) == 0 && rig.chatty {
            true => Step::Chatters(customers[0].clone()),
            false => Step::draw(&mut rng, &customers),
        };
        done.push(format!("{} {step:?}", stage.runtime.now()));
        stage = Box::pin(step.take(stage, &mut rng, &mut world)).await;
        if rng.u8(..4) == 0 {
            settle(&stage, &mut rng, 40).await;
        }
        if let Err(failure) = world.check(&stage).await {
            let last = done.split_off(done.len().saturating_sub(15)).join("\n");
            return Err(format!(
                "seed {seed}, step {count}: {failure}\n\nSteps:\n{last}\n\nSeen by Meta:\n{}",
                tail(&stage)
            ));
        }
    }
    finish(&stage, &mut rng, &mut world).await.map_err(|failure| format!("seed {seed}, in the end: {failure}"))
}

/// Lets time pass in small steps until nothing is on its way; gives up after so many looks.
pub(crate) async fn settle(stage: &Stage, rng: &mut Rng, looks: u32) {
    for _ in 0..looks {
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

/// When nothing goes wrong any more and nothing is switched off, nothing may stay behind; and what did not leave says
/// why.
async fn finish(stage: &Stage, rng: &mut Rng, world: &mut World) -> Result<(), String> {
    stage.simulator.faults(|faults| *faults = FaultPlan::default());
    stage.set_policy("[app_only]\ntenant = false\n").await;
    command_number(&**stage.store(), &NUMBER.into(), &Command::Resume, stage.runtime.now())
        .await
        .expect("it is stored");
    stage.runtime.reload().await.expect("it is read");
    world.orders = Default::default();
    for (name, ..) in TEMPLATES {
        stage.simulator.set_template_status(WABA, name, "pt_BR", "APPROVED").await;
        world.listed.changed();
    }
    // Offers wait for the morning, and two by two for the weeks that their cap looks at.
    let mut rounds = 0;
    loop {
        settle(stage, rng, 400).await;
        world.check(stage).await?;
        let backlog = stage.store().backlog().await.map_err(|error| error.to_string())?;
        if backlog.inbox == 0 && backlog.queued == 0 && backlog.parked == 0 {
            break;
        }
        rounds += 1;
        if rounds == 200 {
            return Err(format!("something was left behind: {backlog:?}\n\n{}", waiting(stage).await));
        }
        leap(stage, Duration::from_secs(12 * 3600)).await;
    }
    let rows = stage.store().sends(None, 100_000).await.map_err(|error| error.to_string())?;
    let ended = |state| matches!(state, SendState::Refused | SendState::Failed | SendState::InDoubt);
    match rows.iter().find(|row| ended(row.state) && row.reason.is_none()) {
        Some(row) => Err(format!("it ended and nothing says why: {row:?}")),
        None => Ok(()),
    }
}

async fn waiting(stage: &Stage) -> String {
    let rows = stage.store().sends(None, 100_000).await.unwrap_or_default();
    let waiting = rows.iter().filter(|row| row.state == SendState::Queued).take(5);
    waiting.map(|row| format!("{row:?}")).collect::<Vec<_>>().join("\n")
}
