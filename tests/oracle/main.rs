//! Random histories through the real pipeline, against a simulator that enforces Meta's rules by its own code.
//!
//! Customers write, the owner answers on the phone (early, late, twice), clocks jump, webhooks are lost, doubled and
//! shuffled, numbers leave and return, the pipeline is restarted. Whatever happens:
//!
//! - the simulator never has to refuse a send: not for the window, the pair rate or the throughput;
//! - no automated message leaves after an echo is stored and before twelve silent hours have passed;
//! - in the end nothing is left that waits without a time to wait for.
//!
//! A failure prints its seed: `PONTE_SEED=… cargo nextest run -p ponte-tests --test oracle` repeats the history, and
//! `PONTE_STEPS=…` makes it longer.
//!
//! What each rule is worth is shown by taking it out; each of these makes the histories fail (`mutants.rs`):
//!
//! | taken out | what happens |
//! |---|---|
//! | `owner` | a reply leaves after the owner's answer |
//! | `window` | Meta refuses with 131047 |
//! | the throughput of the line | Meta refuses with 130429 |
//! | the pair rate of the line, or its memory over a restart | Meta refuses with 131056 |

mod crowd;
mod history;
mod mutants;
mod world;

use futures::StreamExt as _;
use history::play;

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
        return play(seed, steps, history::Rig::default()).await.unwrap_or_else(|failure| panic!("{failure}"));
    }
    let steps = number("PONTE_STEPS").map_or(STEPS, |steps| steps as usize);
    let first = fastrand::u64(..1_000_000);
    let seeds = first..first + steps.div_ceil(HISTORY) as u64;
    println!("seeds {seeds:?}, {HISTORY} steps each");
    let histories = futures::stream::iter(seeds).map(|seed| play(seed, HISTORY, history::Rig::default()));
    // They wait for time to pass more than they compute.
    let failures = histories.buffer_unordered(4).filter_map(async |played| played.err());
    if let Some(failure) = std::pin::pin!(failures).next().await {
        panic!("{failure}");
    }
}
