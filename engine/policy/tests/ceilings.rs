//! Ceilings: never more than they say in any hour and day, and whoever waits comes to their turn.

use std::time::Duration;

use ponte_model::Timestamp;
use ponte_policy::No;
use ponte_policy::pacing::{Ceiling, Ceilings, Tally, WARM_UP, Whose, warm_up};
use proptest::prelude::*;

const HOUR: u64 = 3600;

fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000).plus(Duration::from_secs(secs))
}

fn flow() -> Whose {
    Whose::Flow("after-hours".into())
}

#[test]
fn the_lowest_ceiling_holds() {
    let hour = |hour| Ceiling { hour: Some(hour), day: None };
    let ceilings = Ceilings { flow: hour(20), flows: [("vip".into(), hour(5))].into(), ..Ceilings::default() };
    let own = Ceiling { hour: Some(9), day: Some(50) };
    assert_eq!(ceilings.of_flow(&"other".into(), Ceiling::default()), hour(20));
    assert_eq!(ceilings.of_flow(&"other".into(), own), own);
    assert_eq!(ceilings.of_flow(&"vip".into(), own), Ceiling { hour: Some(5), day: Some(50) });
    assert!(Ceiling::default().is_open() && !own.is_open());
}

#[test]
fn a_full_ceiling_names_its_rule_and_a_place_given_back_is_free() {
    let (mut tally, ceiling) = (Tally::default(), Ceiling { hour: Some(2), day: None });
    let under = [(flow(), ceiling), (Whose::Contact("ana".into()), Ceiling { hour: None, day: Some(9) })];
    tally.claim(&under, at(0)).unwrap();
    tally.claim(&under, at(60)).unwrap();
    let objection = tally.claim(&under, at(120)).unwrap_err();
    assert_eq!(objection.rule, "flow-ceiling");
    let No::Held { until, why } = objection.no else { panic!("held, never refused") };
    assert_eq!(until, at(HOUR));
    assert_eq!(why, "the flow after-hours has sent 2 messages in an hour, which is the ceiling");
    tally.give_back(&flow(), at(60));
    tally.claim(&under, at(120)).unwrap();
    assert!(tally.claim(&under, at(HOUR - 1)).is_err());
    tally.claim(&under, at(HOUR)).unwrap();
}

#[test]
fn a_refused_claim_takes_nothing_anywhere() {
    let mut tally = Tally::default();
    let (one, many) = (Ceiling { hour: Some(1), day: None }, Ceiling { hour: Some(2), day: None });
    let tenant = Whose::Tenant("shop".into());
    tally.claim(&[(tenant.clone(), many), (flow(), one)], at(0)).unwrap();
    assert_eq!(tally.claim(&[(tenant.clone(), many), (flow(), one)], at(1)).unwrap_err().rule, "flow-ceiling");
    tally.claim(&[(tenant.clone(), many)], at(2)).unwrap();
    assert_eq!(tally.claim(&[(tenant, many)], at(3)).unwrap_err().rule, "tenant-ceiling");
}

#[test]
fn a_young_number_may_send_more_each_week() {
    let registered = at(0);
    let days = |days: u64| warm_up(registered, at(days * 24 * HOUR)).day;
    assert_eq!(
        [0, 2, 3, 7, 13, 14, 27, 28, 400].map(days).map(Option::unwrap_or_default),
        [50, 50, 100, 250, 250, 1_000, 1_000, 0, 0]
    );
    assert_eq!(days(28), None);
    assert!(WARM_UP.is_sorted_by_key(|(from, _)| *from));
}

proptest! {
    /// Whoever asks and when: never more than the ceiling in any hour or day; and whoever comes back when told, and
    /// comes back again, gets through.
    #[test]
    fn never_over_the_ceiling(
        gaps in proptest::collection::vec(0u64..1_200, 1..200), hour in 1u32..6, day in 1u32..20,
    ) {
        let ceiling = Ceiling { hour: Some(hour), day: Some(day) };
        let under = [(flow(), ceiling)];
        let (mut tally, mut now, mut left) = (Tally::default(), at(0), Vec::new());
        for gap in gaps {
            now = now.plus(Duration::from_secs(gap));
            match tally.claim(&under, now) {
                Ok(()) => left.push(now),
                Err(objection) => {
                    let No::Held { until, .. } = objection.no else { panic!("held") };
                    prop_assert!(until > now && until.since(now) <= Duration::from_secs(24 * HOUR));
                }
            }
            for (limit, span) in [(hour, HOUR), (day, 24 * HOUR)] {
                let counted = left.iter().filter(|at| now.since(**at) < Duration::from_secs(span)).count();
                prop_assert!(counted <= limit as usize);
            }
        }
        let full = now.plus(Duration::from_secs(24 * HOUR));
        prop_assert!(tally.claim(&under, full).is_ok());
    }
}
