//! The line of a number: the urgent first, nobody starves, and what one person is sent never changes places.

use std::collections::HashMap;

use ponte_model::consent::Category;
use ponte_policy::pacing::{Lane, Lanes};
use ponte_policy::{Purpose, Sender};
use proptest::prelude::*;

fn lane(index: usize) -> Lane {
    Lane::ALL[index % Lane::ALL.len()]
}

/// One turn, as a line takes it.
fn turn(lanes: &mut Lanes<u32, (Lane, u32)>) -> Option<(u32, Lane, u32)> {
    let person = lanes.turn()?;
    let (lane, what) = lanes.take(&person).expect("who stands has a message");
    lanes.back(&person);
    Some((person, lane, what))
}

#[test]
fn a_message_has_the_lane_of_what_it_is_for() {
    let run = "r".into();
    let (flow, person) = (Sender::Flow(&run), Sender::Person);
    let table = [
        (Purpose::Template, flow, Some(Category::Authentication), Lane::Authentication),
        (Purpose::Template, person, Some(Category::Authentication), Lane::Authentication),
        (Purpose::FreeForm, person, None, Lane::Human),
        (Purpose::Template, person, Some(Category::Utility), Lane::Human),
        (Purpose::Template, person, Some(Category::Marketing), Lane::Marketing),
        (Purpose::Template, flow, Some(Category::Utility), Lane::Utility),
        (Purpose::Template, flow, None, Lane::Utility),
        (Purpose::FreeForm, flow, None, Lane::Service),
        (Purpose::Receipt, flow, None, Lane::Service),
        (Purpose::FreeForm, Sender::Host(&run), None, Lane::Service),
        (Purpose::Template, flow, Some(Category::Marketing), Lane::Marketing),
    ];
    for (purpose, sender, category, expected) in table {
        assert_eq!(Lane::of(purpose, sender, category), expected, "{purpose:?} {sender:?} {category:?}");
    }
    assert!(Lane::ALL.into_iter().all(|lane| Lane::at(lane.index() as i64) == lane));
    assert_eq!(Lane::at(99), Lane::Marketing);
}

#[test]
fn a_code_goes_before_a_campaign_of_ten_thousand() {
    let mut lanes = Lanes::default();
    for person in 0..10_000 {
        lanes.push(person, Lane::Marketing, (Lane::Marketing, person));
    }
    for _ in 0..500 {
        turn(&mut lanes);
    }
    lanes.push(20_000, Lane::Authentication, (Lane::Authentication, 0));
    assert_eq!(turn(&mut lanes), Some((20_000, Lane::Authentication, 0)));
}

#[test]
fn a_code_carries_what_the_same_person_waits_for_and_does_not_overtake_it() {
    let mut lanes = Lanes::default();
    for person in 0..100 {
        lanes.push(person, Lane::Marketing, (Lane::Marketing, 1));
    }
    lanes.push(50, Lane::Authentication, (Lane::Authentication, 2));
    let turns: Vec<_> = (0..3).filter_map(|_| turn(&mut lanes)).filter(|(person, ..)| *person == 50).collect();
    assert_eq!(turns, [(50, Lane::Marketing, 1), (50, Lane::Authentication, 2)]);
    assert_eq!((lanes.len(), lanes.count(Lane::Marketing), lanes.count(Lane::Authentication)), (98, 98, 0));
}

#[test]
fn where_all_lanes_are_full_each_gets_its_share() {
    let mut lanes = Lanes::default();
    for person in 0..5_000 {
        lanes.push(person, lane(person as usize), (lane(person as usize), 0));
    }
    let mut shares = [0u64; 5];
    for _ in 0..Lane::WEIGHTS.iter().sum::<u64>() * 4 {
        let (_, lane, _) = turn(&mut lanes).unwrap();
        shares[lane.index()] += 1;
    }
    for (share, weight) in shares.iter().zip(Lane::WEIGHTS) {
        assert!(share.abs_diff(weight * 4) <= 1, "{shares:?}");
    }
}

proptest! {
    /// Whatever comes in whichever order: everything leaves, once, and each person's messages in their order.
    #[test]
    fn each_persons_messages_leave_in_their_order(
        steps in proptest::collection::vec((0u32..6, 0usize..5, 0u8..4), 1..300),
    ) {
        let mut lanes = Lanes::default();
        let mut left: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut away: Vec<u32> = Vec::new();
        for (number, (person, which, then)) in steps.iter().enumerate() {
            lanes.push(*person, lane(*which), (lane(*which), number as u32));
            match then {
                // A turn; the request stays on its way for a while.
                0 => if let Some(person) = lanes.turn() {
                    let (_, what) = lanes.take(&person).unwrap();
                    left.entry(person).or_default().push(what);
                    away.push(person);
                },
                // It could not leave yet.
                1 => if let Some(person) = lanes.turn() {
                    lanes.first(&person);
                },
                // It comes back to wait before the others.
                2 => if let Some(person) = lanes.turn() {
                    let (lane, what) = lanes.take(&person).unwrap();
                    lanes.put_back(&person, lane, (lane, what));
                    lanes.back(&person);
                },
                _ => if let Some(person) = away.pop() {
                    lanes.back(&person);
                },
            }
        }
        away.iter().for_each(|person| lanes.back(person));
        while let Some((person, _, what)) = turn(&mut lanes) {
            left.entry(person).or_default().push(what);
        }
        prop_assert!(lanes.is_empty() && (0..6).all(|person| !lanes.knows(&person)));
        prop_assert_eq!(left.values().map(Vec::len).sum::<usize>(), steps.len());
        for sent in left.values() {
            prop_assert!(sent.is_sorted(), "{:?}", sent);
        }
    }

    /// However much the urgent lanes get: whoever waits at the head of the last one waits no longer than a round.
    #[test]
    fn nobody_starves(urgent in proptest::collection::vec(0usize..4, 0..6)) {
        let mut lanes = Lanes::default();
        let mut next = 1_000;
        let mut refill = |lanes: &mut Lanes<u32, (Lane, u32)>| {
            for which in &urgent {
                lanes.push(next, lane(*which), (lane(*which), 0));
                next += 1;
            }
        };
        for _ in 0..20 {
            refill(&mut lanes);
        }
        lanes.push(7, Lane::Marketing, (Lane::Marketing, 0));
        let round = Lane::WEIGHTS.iter().sum::<u64>();
        let waited = (0..=round).position(|_| {
            refill(&mut lanes);
            matches!(turn(&mut lanes), Some((7, ..)))
        });
        prop_assert!(waited.is_some(), "not within {round} turns");
    }
}
