use std::collections::HashMap;

use ponte_model::{Budget, Charge, Currency, Scope, Stage};
use ponte_policy::money::{Category, Stop, Till};
use proptest::prelude::*;

use super::{brl, charge};

fn till(scope: Scope, soft: Option<i64>, hard: Option<i64>) -> Till {
    let mut till = Till::default();
    till.set_budgets(HashMap::from([(scope, Budget { currency: brl(), soft, hard })]));
    till
}

fn number() -> Scope {
    Scope::Number("1".into())
}

fn settled(charge: &Charge, amount: i64) -> Charge {
    Charge { stage: Stage::Settled, amount: Some(amount), ..charge.clone() }
}

#[test]
fn a_hard_limit_stops_what_would_pass_it_and_never_what_is_free() {
    for scope in [Scope::Tenant("shop".into()), number(), Scope::Flow("hours".into())] {
        let mut till = till(scope.clone(), None, Some(100_000));
        assert!(till.reserve(&charge("a", Some(50_000))).is_ok());
        assert!(till.reserve(&charge("b", Some(50_000))).is_ok(), "up to the limit");
        let stop = till.reserve(&charge("c", Some(1))).unwrap_err();
        assert!(matches!(&stop, Stop::Spent { scope: whose, .. } if *whose == scope), "{stop}");
        assert!(till.reserve(&charge("d", Some(0))).is_ok());
        assert!(till.reserve(&Charge { day: "2026-11-24".into(), ..charge("e", Some(50_000)) }).is_ok(), "a new day");
        assert!(till.free(&"a".into()) && !till.free(&"a".into()));
        assert!(till.reserve(&charge("c", Some(50_000))).is_ok(), "what is given back may be used");
    }
}

#[test]
fn a_soft_limit_warns_when_it_is_passed_and_not_again() {
    let mut till = till(number(), Some(60_000), None);
    let warned: Vec<_> = ["a", "b", "c"].map(|id| till.reserve(&charge(id, Some(50_000))).unwrap().len()).into();
    assert_eq!(warned, [0, 1, 0]);
}

#[test]
fn asked_again_for_the_same_message_only_the_later_word_counts() {
    let mut till = till(number(), None, Some(50_000));
    for _ in 0..3 {
        till.reserve(&charge("a", Some(50_000))).unwrap();
    }
    assert_eq!(till.used(&number(), "2026-11-23", brl()), 50_000);
    till.reserve(&charge("a", Some(60_000))).unwrap_err();
    assert_eq!(till.used(&number(), "2026-11-23", brl()), 0, "a message that is stopped keeps nothing");
}

#[test]
fn a_hard_limit_does_not_let_an_unknown_price_or_another_currency_pass() {
    let mut till = till(number(), None, Some(50_000));
    let euro = Currency::parse("EUR");
    for unknown in [charge("a", None), Charge { currency: euro, ..charge("a", Some(1)) }] {
        assert!(matches!(till.reserve(&unknown), Err(Stop::Unknown { .. })));
    }
    let mut free = Till::default();
    assert!(free.reserve(&charge("a", None)).is_ok(), "without a limit nothing is stopped");
}

#[test]
fn only_charged_messages_of_the_month_count_for_tiers() {
    let mut till = Till::default();
    let count = |till: &Till, month| till.charged("waba", month, "Brazil", Category::Service);
    for (id, free, amount) in [("a", None, 50_000), ("b", Some("window"), 0), ("c", None, 50_000)] {
        let reserved = charge(id, Some(50_000));
        till.reserve(&reserved).unwrap();
        assert!(count(&till, "2026-11") <= 1, "what is only reserved does not count");
        till.changed(&reserved, &Charge { free: free.map(str::to_owned), ..settled(&reserved, amount) });
    }
    assert_eq!((count(&till, "2026-11"), count(&till, "2026-12")), (2, 0));
    till.forget_before("2026-11-30");
    assert_eq!(count(&till, "2026-11"), 2, "the month is not over");
    till.forget_before("2026-12-01");
    assert_eq!(count(&till, "2026-11"), 0);
}

#[test]
fn the_allowance_counts_what_is_on_its_way_and_gives_back_what_failed() {
    let mut till = Till::default();
    let covered = |id| Charge { free: Some("allowance".into()), ..charge(id, Some(0)) };
    till.reserve(&covered("a")).unwrap();
    till.reserve(&covered("b")).unwrap();
    till.changed(&covered("a"), &settled(&covered("a"), 0));
    assert_eq!(till.covered(&"1".into(), "2026-11"), 2);
    till.free(&"b".into());
    assert_eq!(till.covered(&"1".into(), "2026-11"), 1);
    // A status says that it was free for another reason.
    let window = Charge { free: Some("window".into()), ..settled(&covered("a"), 0) };
    till.changed(&settled(&covered("a"), 0), &window);
    assert_eq!(till.covered(&"1".into(), "2026-11"), 0);
}

#[test]
fn after_a_restart_the_ledger_says_what_the_till_held() {
    let lines = [charge("a", Some(50_000)), settled(&charge("b", Some(50_000)), 50_000)];
    let mut till = till(number(), None, Some(100_000));
    till.load(&lines[0], 1);
    // Two alike lines, and the sum of their amounts.
    till.load(&settled(&lines[1], 60_000), 2);
    assert_eq!(till.used(&number(), "2026-11-23", brl()), 110_000);
    assert_eq!(till.charged("waba", "2026-11", "Brazil", Category::Service), 2);
    assert!(till.free(&"a".into()));
    assert_eq!(till.used(&number(), "2026-11-23", brl()), 60_000);
}

#[derive(Clone, Debug)]
enum Step {
    Reserve(u8, i64),
    Settle(u8, i64),
    Fail(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0u8..12, 0i64..40).prop_map(|(id, amount)| Step::Reserve(id, amount)),
        // Meta may charge less than was set aside, never more in this history.
        (0u8..12, 0i64..40).prop_map(|(id, amount)| Step::Settle(id, amount)),
        (0u8..12).prop_map(Step::Fail),
    ];
    prop::collection::vec(step, 0..80)
}

proptest! {
    /// Whatever happens in whatever order: what is used is what a naive count says, and never passes the hard limit.
    #[test]
    fn spent_and_reserved_never_pass_the_hard_limit_and_equal_a_naive_count(history in steps(), hard in 0i64..150) {
        let mut till = till(number(), None, Some(hard));
        // The ledger: each message's line, as the store would keep it.
        let mut ledger: HashMap<u8, Charge> = HashMap::new();
        for step in history {
            match step {
                Step::Reserve(id, amount) => {
                    // A message that was delivered or failed does not leave again.
                    if ledger.get(&id).is_some_and(|line| line.stage != Stage::Reserved) {
                        continue;
                    }
                    let line = charge(&id.to_string(), Some(amount));
                    let held = till.reserve(&line).is_ok();
                    let others: i64 = ledger.iter().filter(|(other, _)| **other != id).map(|(_, line)| worth(line)).sum();
                    prop_assert_eq!(held, amount == 0 || others + amount <= hard);
                    if held { ledger.insert(id, line); } else { ledger.remove(&id); }
                }
                Step::Settle(id, amount) => {
                    let Some(line) = ledger.get(&id).filter(|line| line.stage == Stage::Reserved).cloned() else { continue };
                    let after = settled(&line, amount.min(line.hold.unwrap_or(0)));
                    till.changed(&line, &after);
                    ledger.insert(id, after);
                }
                Step::Fail(id) => {
                    let open = ledger.get(&id).is_some_and(|line| line.stage == Stage::Reserved);
                    prop_assert_eq!(till.free(&id.to_string().as_str().into()), open);
                    if open { ledger.remove(&id); }
                }
            }
            let naive: i64 = ledger.values().map(worth).sum();
            prop_assert_eq!(till.used(&number(), "2026-11-23", brl()), naive);
            prop_assert!(naive <= hard);
        }
    }
}

fn worth(line: &Charge) -> i64 {
    match line.stage {
        Stage::Reserved => line.hold.unwrap_or(0),
        Stage::Settled => line.amount.unwrap_or(0),
        Stage::Freed => 0,
    }
}
