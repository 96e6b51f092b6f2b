//! Each rule is taken out in turn, and the histories must fail, and for the right reason.

use crate::history::play;
use crate::rig::Rig;

/// So many steps must be enough to miss a rule, in one of so many histories: which thread comes first is no matter of
/// the seed, so the worst of luck is possible in one.
const STEPS: usize = 3_000;
const SEEDS: std::ops::Range<u64> = 7..12;

async fn is_missed(rig: Rig, sign: &str) {
    let mut failure = None;
    for seed in SEEDS {
        failure = Box::pin(play(seed, STEPS, rig)).await.err();
        if failure.is_some() {
            break;
        }
    }
    let failure = failure.expect("one of the histories must fail");
    println!("{}", failure.lines().next().unwrap_or_default());
    assert!(sign.split('|').any(|sign| failure.contains(sign)), "it failed for another reason: {failure}");
}

macro_rules! missed {
    ($($name:ident: $rig:expr => $sign:literal;)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            is_missed($rig, $sign).await;
        }
    )*};
}

missed! {
    the_number_rule_is_missed: Rig::default().without("number") => "while Meta bars templates";
    the_owner_rule_is_missed: Rig::default().without("owner") => "after the owner's answer|on the phone alone";
    the_consent_rule_is_missed: Rig::default().without("consent") => "promotion without consent";
    the_window_rule_is_missed: Rig::default().without("window") => "131047";
    the_template_rule_is_missed: Rig::default().without("template") => "Refused { code: 132";
    the_echo_blind_rule_is_missed: Rig { blind: true, ..Rig::default() }.without("echo-blind") => "before the phone had its time";
    the_quiet_hours_are_missed: Rig::default().without("quiet-hours") => "promotion at night";
    the_frequency_rule_is_missed: Rig::default().without("frequency") => "promotion too often";
    the_budget_is_missed: Rig { budget: Some((500_000, 1_000_000_000)), ..Rig::default() } => "over the budget";
    the_days_people_are_missed: Rig { reach: Some((5, 1_000)), ..Rig::default() } => "to more than 5 people in a day";
    the_pair_rate_is_missed: Rig { pair_burst: 10_000, chatty: true, ..Rig::default() } => "131056";
    the_throughput_is_missed: Rig { throughput: 10_000, ..Rig::default() } => "130429";
}

/// Rules whose worth is shown elsewhere: nothing here plays a machine, and Meta's own brake on marketing has no numbers.
const ELSEWHERE: [(&str, &str); 2] = [
    ("loop", "a_machine_that_always_answers_is_answered_no_more_and_people_take_over"),
    ("per-user-limit", "who_gets_enough_marketing_is_left_alone_for_a_day_and_orders_still_reach_them"),
];

#[test]
fn no_rule_is_forgotten() {
    let here = include_str!("mutants.rs");
    for (rule, _) in ponte_policy::ORDER {
        let elsewhere = ELSEWHERE.iter().any(|(known, _)| known == rule);
        // The budget is looked at twice, so it is what Ponte was told of it that is taken out.
        let taken_out = here.contains(&format!("without(\"{rule}\")")) || *rule == "budget";
        assert!(taken_out != elsewhere, "{rule}: take it out here, or say where it is shown");
    }
}
