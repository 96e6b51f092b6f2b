//! How long the pure policy takes: a verdict, and the choice of who handles an event.
//!
//! `cargo bench -p ponte-policy` prints it; docs/performance.md keeps what was measured. No test is gated on a time.

mod material;

use std::hint::black_box;

use criterion::Criterion;
use material::{Material, Person, large_policy};
use ponte_model::consent::Category;
use ponte_policy::consent::standing;
use ponte_policy::{Handler, route};

/// Everything that is worked out anew for each message: the template's language and fit, the price against the budgets,
/// the clocks, and all rules of `ORDER`.
fn verdicts(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("verdict");
    let (fine, capped) = (Material::new(Person::Fine), Material::new(Person::HadEnough));
    assert_eq!(fine.judge(), Ok(()), "all rules pass");
    group.bench_function("template, all rules pass", |bench| bench.iter(|| black_box(&fine).judge()));
    group.bench_function("free-form, all rules pass", |bench| bench.iter(|| black_box(&fine).judge_reply()));
    assert_eq!(capped.judge().unwrap_err().rule, "frequency");
    group.bench_function("template, held late by the cap", |bench| bench.iter(|| black_box(&capped).judge()));
    let lacking = Material::lacking_the_last_value();
    assert_eq!(lacking.judge().unwrap_err().rule, "template");
    group.bench_function("template, refused for its last value", |bench| bench.iter(|| black_box(&lacking).judge()));
    group.finish();

    let ledger = material::ledger();
    assert!(standing(&ledger).allows(Category::Marketing));
    criterion.bench_function("consent of a person with 20 lines", |bench| bench.iter(|| standing(black_box(&ledger))));
}

fn routing(criterion: &mut Criterion) {
    let routing = large_policy();
    material::ask(|question| {
        assert!(matches!(route(&routing, question).handler, Handler::Flow(_)), "no rule holds before the last");
        criterion.bench_function("routing, 100 rules, the last holds", |bench| {
            bench.iter(|| route(&routing, black_box(question)));
        });
    });
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    verdicts(&mut criterion);
    routing(&mut criterion);
    criterion.final_summary();
}
