//! The way out of a run: who may take it, how long it may take, and what is recorded of it.

use std::time::Duration;

use ponte_model::{Effect, HttpMethod, HttpResponse, OutsideAnswer, Refusal};
use ponte_sandbox::{Limits, Outcome, Permission, PermissionSet, inspect};

use crate::broker::{Maps, request};
use crate::guests::{Guest, guest};
use crate::support::{load, load_within, run_with, sandbox, texts};

/// The words "con_1" as an address, and no headers.
const GET: &str = "(call $http.get (i32.const 1024) (i32.const 5) (i32.const 0) (i32.const 0) (i32.const 256))";

/// A PUT at "con_1" under the name "oi", with the body "41".
const LATER: &str = "(call $http.send-later (i32.const 1040) (i32.const 2) (i32.const 2) (i32.const 1024) (i32.const 5)
    (i32.const 0) (i32.const 0) (i32.const 1072) (i32.const 2) (i32.const 512))";

fn connected(calls: &[&str], body: &str) -> Vec<u8> {
    Guest { calls, body, version: "0.1.1", ..Guest::default() }.build()
}

fn answers(answer: OutsideAnswer, pause: Duration) -> Maps {
    Maps { outside: Some((answer, pause)), ..Maps::default() }
}

fn page(body: &str) -> OutsideAnswer {
    OutsideAnswer::Http(HttpResponse { status: 200, headers: Vec::new(), body: body.into() })
}

#[tokio::test]
async fn an_answer_comes_while_the_run_waits() {
    // The response is ok at 256: status at 264, headers at 268 and 272, body at 276 and 280.
    let body = format!("{GET} (call $log.write (i32.const 2) (i32.load (i32.const 276)) (i32.load (i32.const 280)))");
    let report = run_with(connected(&["http.get", "log.write"], &body), answers(page("olá"), Duration::ZERO)).await;
    assert_eq!(report.outcome, Outcome::Done);
    assert_eq!(texts(&report), ["olá"]);
}

#[tokio::test]
async fn a_request_after_the_run_is_an_effect() {
    let component = connected(&["http.send-later"], LATER);
    let report = run_with(component.clone(), answers(OutsideAnswer::Later, Duration::ZERO)).await;
    let [Effect::HttpLater { request }] = &report.effects[..] else { panic!("{:?}", report.effects) };
    assert_eq!((request.name.as_str(), request.method, request.url.as_str()), ("oi", HttpMethod::Put, "con_1"));
    assert_eq!(request.body, b"41");
    // What the broker refuses is none, and the refusal is on record.
    let report = run_with(component, Maps::default()).await;
    assert!(report.effects.is_empty());
    assert_eq!(report.refusals[0].0, "http.send-later");
}

#[tokio::test]
async fn without_the_permission_nobody_is_asked() {
    let plugin = load(connected(&["http.get", "http.send-later"], &format!("{GET} {LATER}"))).await;
    let mut request = request();
    request.permissions = [Permission::Send].into_iter().collect::<PermissionSet>();
    let broker = answers(page("never"), Duration::from_secs(60));
    let report = sandbox().run(&plugin, request, Box::new(broker)).await;
    assert_eq!(report.outcome, Outcome::Done);
    let denied = Refusal::Denied { permission: "http".into() };
    assert_eq!(report.refusals, [("http.get".into(), denied.clone()), ("http.send-later".into(), denied)]);
}

#[tokio::test]
async fn waiting_costs_neither_cpu_time_nor_the_runs_own_real_time() {
    let limits = Limits {
        cpu: Duration::from_millis(50),
        wall: Duration::from_millis(100),
        wait: Duration::from_secs(5),
        ..Limits::COMPILED
    };
    let plugin = load_within(connected(&["http.get"], GET), limits).await;
    let broker = answers(page("late"), Duration::from_millis(400));
    let report = sandbox().run(&plugin, request(), Box::new(broker)).await;
    assert_eq!((report.outcome, report.refusals.len()), (Outcome::Done, 0));
    assert!(report.usage.wall >= Duration::from_millis(400) && report.usage.cpu < Duration::from_millis(50));
}

#[tokio::test]
async fn patience_ends_and_the_guest_is_told() {
    let limits = Limits { wait: Duration::from_millis(300), ..Limits::COMPILED };
    let plugin = load_within(connected(&["http.get"], &GET.repeat(3)), limits).await;
    let broker = answers(page("late"), Duration::from_millis(200));
    let report = sandbox().run(&plugin, request(), Box::new(broker)).await;
    assert_eq!((report.outcome, report.refusals.len()), (Outcome::Done, 2), "the first is answered, of the rest none");
    assert!(report.refusals[0].1.to_string().contains("a run waits 300ms in all"), "{}", report.refusals[0].1);
}

#[tokio::test]
async fn questions_are_counted() {
    let report = run_with(connected(&["http.get"], &GET.repeat(21)), answers(page(""), Duration::ZERO)).await;
    assert_eq!(report.refusals.len(), 1);
    assert_eq!(report.refusals[0].1.code(), "run-limit");
}

#[tokio::test]
async fn an_answer_of_another_kind_is_a_refusal_and_no_trap() {
    let report = run_with(connected(&["http.get"], GET), answers(OutsideAnswer::Later, Duration::ZERO)).await;
    assert_eq!((report.outcome, report.refusals[0].1.code()), (Outcome::Done, "other"));
}

#[test]
fn what_a_component_could_reach_is_plain_to_see() {
    let small = inspect(&guest(&["send.text"], "")).unwrap();
    assert!(!small.imports.reaches_outside());
    let large = inspect(&connected(&["http.get", "secrets.reference"], "")).unwrap();
    assert!(large.imports.has(Permission::Http) && large.imports.has(Permission::Secrets));
    assert!(!large.imports.has(Permission::Ai));
}
