//! Each rule is taken out in turn, and the histories must fail.

use ponte_policy::{ORDER, Rule};

use crate::history::{Rig, play};

/// So many steps must be enough to miss a rule.
const STEPS: usize = 3_000;

fn without(rule: &str) -> &'static [Rule] {
    let rest: Vec<Rule> = ORDER.iter().copied().filter(|(name, _)| *name != rule).collect();
    assert_eq!(rest.len() + 1, ORDER.len(), "there is no rule {rule}");
    rest.leak()
}

async fn is_missed(rig: Rig, sign: &str) {
    let failure = play(7, STEPS, rig).await.expect_err("the history must fail");
    assert!(failure.contains(sign), "it failed for another reason: {failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_rule_is_missed() {
    is_missed(Rig { rules: without("owner"), ..Rig::default() }, "after the owner's answer").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_rule_is_missed() {
    is_missed(Rig { rules: without("window"), ..Rig::default() }, "131047").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_throughput_is_missed() {
    is_missed(Rig { throughput: 10_000, ..Rig::default() }, "130429").await;
}
