//! Random histories through the real pipeline, against a simulator that enforces Meta's rules by its own code.
//!
//! Customers write, ask for templates, stop promotion in the chat and in WhatsApp itself; the owner answers on the phone
//! (early, late, twice); Meta pauses templates, moves them, restricts the account; the operator switches, pauses and
//! changes the pace; clocks jump, webhooks are lost, doubled and shuffled, numbers leave and return, the pipeline is
//! restarted (`steps.rs`). Whatever happens (`world/`):
//!
//! - the simulator never has to refuse a send that Ponte could have known to be wrong: not for the window, a template,
//!   the pair rate, the throughput or a stop;
//! - no automated free-form message leaves after an echo is stored and before twelve silent hours have passed, nor while
//!   the number is on the phone alone, paused, or waiting for a phone whose answers are not seen;
//! - no promotion without consent, at night, or too often; no template over the budget, over the day's people, or while
//!   Meta bars them;
//! - in the end nothing is left that waits without a time to wait for, and what did not leave says why.
//!
//! A failure prints its seed: `PONTE_SEED=… cargo nextest run -p ponte-tests --test oracle` repeats the history (as far
//! as threads allow), and `PONTE_STEPS=…` makes it longer. CI plays 100,000 steps.
//!
//! What each rule is worth is shown by taking it out; each of these makes the histories fail (`mutants.rs`):
//!
//! | taken out | what happens |
//! |---|---|
//! | `number` | a template leaves while Meta bars them |
//! | `owner` | a reply leaves after the owner's answer, or while the number is on the phone alone |
//! | `consent` | promotion leaves without consent |
//! | `window` | Meta refuses with 131047 |
//! | `template` | Meta refuses with 132001, 132015 or 132016 |
//! | `echo-blind` | a reply leaves before the phone had its time |
//! | `quiet-hours` | promotion leaves at night |
//! | `frequency` | more than two offers a week |
//! | the budget | templates for more than the day's money |
//! | the day's people | templates to more than the tier |
//! | the throughput of the line | Meta refuses with 130429 |
//! | the pair rate of the line | Meta refuses with 131056 |
//!
//! `mutants.rs` names the rules whose worth is shown elsewhere, and a test sees to it that none is forgotten. The line's
//! memory of pair rates over a restart was taken out by hand: 131056 within 200 steps.

mod crowd;
mod history;
mod mutants;
mod rig;
mod steps;
mod world;

use futures::StreamExt as _;
use history::play;
use rig::Rig;

/// Steps in all, unless `PONTE_STEPS` says otherwise.
const STEPS: usize = 10_000;

/// Histories of so many steps each: a long one shows what a short one cannot, and many seeds more than one.
const HISTORY: usize = 2_500;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn no_history_makes_meta_refuse_or_talks_over_the_phone() {
    if let Some(seed) = number("PONTE_SEED") {
        let steps = number("PONTE_STEPS").map_or(HISTORY, |steps| steps as usize);
        return Box::pin(play(seed, steps, Rig::of(seed))).await.unwrap_or_else(|failure| panic!("{failure}"));
    }
    let steps = number("PONTE_STEPS").map_or(STEPS, |steps| steps as usize);
    let first = fastrand::u64(..1_000_000);
    let seeds = first..first + steps.div_ceil(HISTORY) as u64;
    println!("seeds {seeds:?}, {HISTORY} steps each");
    let histories = futures::stream::iter(seeds).map(|seed| play(seed, HISTORY, Rig::of(seed)));
    // They wait for time to pass more than they compute.
    let failures = histories.buffer_unordered(8).filter_map(async |played| played.err());
    if let Some(failure) = std::pin::pin!(failures).next().await {
        panic!("{failure}");
    }
}
