//! Requests to web services, sealed secrets, orders that stores told of, and what models cost.

mod common;

use std::time::Duration;

use common::{NUMBER, at, open, order, text};
use ponte_model::{Contact, HttpMethod, HttpRequest, RequestId, Timestamp};
use ponte_store::{
    Busy, Finish, Finished, Incoming, NewRequest, OrdersBy, RequestFate, SqliteStore, Store as _, Stored,
};

const NONE: Busy = Busy { hosts: std::collections::BTreeMap::new(), requests: Vec::new(), most: 4 };

fn person() -> Contact {
    Contact { phone: Some("5511".into()), ..Contact::default() }
}

async fn stored(store: &SqliteStore, incoming: Incoming) -> Stored {
    store.ingest(vec![incoming], at(0)).await.unwrap().remove(0)
}

fn request(id: &str, host: &str) -> NewRequest {
    NewRequest {
        id: id.into(),
        tenant: "shop".into(),
        installation: "crm".into(),
        run: "run_1".into(),
        number: Some(NUMBER.into()),
        contact: Some("con_1".into()),
        host: host.to_owned(),
        request: HttpRequest {
            name: "lead".into(),
            method: HttpMethod::Post,
            url: format!("https://{host}/"),
            headers: Vec::new(),
            body: b"{}".to_vec(),
        },
        expires_at: at(86_400),
        at: at(0),
    }
}

async fn asked(store: &SqliteStore, requests: Vec<NewRequest>) {
    let seq = stored(store, text("wamid.1", person())).await.seq;
    let finish = Finish { seq: seq.unwrap_or(1), requests, ..Finish::default() };
    assert_eq!(store.finish(finish).await.unwrap(), Finished::Done { leaving: Vec::new() });
}

async fn due(store: &SqliteStore, now: Timestamp, busy: &Busy) -> Vec<String> {
    let rows = store.queued_requests(now, &["crm".into(), "other".into()], busy, 100).await.unwrap();
    rows.into_iter().map(|row| row.id.into_string()).collect()
}

#[tokio::test]
async fn a_request_is_written_once_with_its_run_and_settled_once() {
    let (dir, store) = open().await;
    asked(&store, vec![request("req_1", "a.example"), request("req_2", "a.example")]).await;
    // The run is repeated after a crash: the same again.
    asked(&store, vec![request("req_1", "a.example")]).await;
    assert_eq!(due(&store, at(0), &NONE).await, ["req_1", "req_2"]);

    let id: RequestId = "req_1".into();
    let again = RequestFate::Again { not_before: at(60), status: Some(503), reason: "busy".into() };
    store.settle_request(&id, &again, at(1)).await.unwrap();
    assert_eq!(due(&store, at(59), &NONE).await, ["req_2"]);
    assert_eq!(store.next_request(at(59)).await.unwrap(), Some(at(60)));
    store.close().await;
    drop(store);

    let store = SqliteStore::open(dir.path()).await.unwrap();
    assert_eq!(due(&store, at(60), &NONE).await, ["req_1", "req_2"], "a restart forgets nothing");
    store.settle_request(&id, &RequestFate::Answered { status: 201 }, at(61)).await.unwrap();
    let late = RequestFate::Failed { reason: "told twice".into() };
    store.settle_request(&id, &late, at(62)).await.unwrap();
    let row = store.requests(Some(&"crm".into()), 10).await.unwrap().pop().unwrap();
    assert_eq!((row.state.as_str(), row.status, row.attempts, row.reason), ("answered", Some(201), 2, None));
    // Settled ones are not kept for ever; those that wait are.
    store.purge(at(1_000), at(1_000)).await.unwrap();
    assert_eq!(store.requests(None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_host_with_much_to_do_takes_nobodys_place() {
    let (_dir, store) = open().await;
    let mut all: Vec<_> = (0..50).map(|n| request(&format!("req_{n:02}"), "slow.example")).collect();
    all.push(request("req_99", "quick.example"));
    asked(&store, all).await;
    assert_eq!(due(&store, at(0), &NONE).await, ["req_00", "req_99", "req_01", "req_02", "req_03"]);
    let mut busy = NONE;
    busy.hosts.insert("slow.example".into(), 3);
    busy.requests = vec!["req_00".into(), "req_01".into(), "req_02".into()];
    assert_eq!(due(&store, at(0), &busy).await, ["req_99", "req_03"]);
    busy.hosts.insert("slow.example".into(), 4);
    assert_eq!(due(&store, at(0), &busy).await, ["req_99"]);
}

#[tokio::test]
async fn an_installation_with_much_to_do_takes_nobodys_turn_at_a_host_that_both_ask() {
    let (_dir, store) = open().await;
    let mut all: Vec<_> = (0..50).map(|n| request(&format!("req_{n:02}"), "shared.example")).collect();
    let other = |id| NewRequest { installation: "other".into(), ..request(id, "shared.example") };
    all.extend([other("req_98"), other("req_99")]);
    asked(&store, all).await;
    assert_eq!(due(&store, at(0), &NONE).await, ["req_00", "req_98", "req_01", "req_99"]);
    // All places are taken by the one; the next that comes free is the other's.
    let mut busy = NONE;
    busy.requests = vec!["req_01".into(), "req_02".into(), "req_03".into()];
    busy.hosts.insert("shared.example".into(), 3);
    assert_eq!(due(&store, at(0), &busy).await, ["req_98"]);
}

#[tokio::test]
async fn requests_of_an_installation_that_does_not_run_wait_and_one_that_is_overdue_was_not_tried_once_more() {
    let (_dir, store) = open().await;
    asked(&store, vec![request("req_1", "a.example")]).await;
    assert!(store.queued_requests(at(0), &["other".into()], &NONE, 100).await.unwrap().is_empty());
    assert_eq!(due(&store, at(90_000), &NONE).await, ["req_1"], "whoever runs again is told that its time is up");
    let overdue = RequestFate::Expired { reason: "too late".into(), tried: false };
    store.settle_request(&"req_1".into(), &overdue, at(90_000)).await.unwrap();
    let row = store.requests(None, 10).await.unwrap().pop().unwrap();
    assert_eq!((row.state.as_str(), row.attempts), ("expired", 0));
}

#[tokio::test]
async fn what_is_removed_takes_its_secrets_and_its_requests_along() {
    let (_dir, store) = open().await;
    asked(&store, vec![request("req_1", "a.example")]).await;
    let version = store.registry_version().await.unwrap();
    assert!(store.put_secret(&"crm".into(), "key", Some(vec![1, 2]), at(0)).await.unwrap());
    assert!(store.put_secret(&"crm".into(), "key", Some(vec![3]), at(1)).await.unwrap());
    assert!(store.registry_version().await.unwrap() > version, "a running pipeline notices");
    let secrets = store.secrets().await.unwrap();
    assert_eq!((secrets.len(), secrets[0].sealed.as_slice(), secrets[0].set_at), (1, [3].as_slice(), at(1)));
    assert!(!store.put_secret(&"crm".into(), "other", None, at(1)).await.unwrap());
    store.remove_installation(&"crm".into()).await.unwrap();
    assert!(store.secrets().await.unwrap().is_empty());
    assert!(store.requests(None, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn money_that_is_set_aside_at_once_never_passes_the_budget() {
    let (_dir, store) = open().await;
    let id = "model".into();
    let tries = (0..20).map(|_| store.reserve_spend(&id, "2026-11-23", 30, 100));
    let taken = futures::future::join_all(tries).await.into_iter().filter(|taken| *taken.as_ref().unwrap()).count();
    assert_eq!(taken, 3);
    assert!(!store.reserve_spend(&"other".into(), "2026-11-23", 101, 100).await.unwrap(), "more than there is at all");
    assert!(store.reserve_spend(&id, "2026-11-24", 100, 100).await.unwrap(), "another day");
    store.correct_spend(&id, "2026-11-23", -25).await.unwrap();
    assert!(store.reserve_spend(&id, "2026-11-23", 30, 100).await.unwrap());
    let rows = store.spent("2026-11-23").await.unwrap();
    assert_eq!(rows.iter().map(|row| (row.micros, row.calls)).collect::<Vec<_>>(), [(100, 1), (95, 4)]);
    store.purge(at(0), at(0).plus(Duration::from_secs(3))).await.unwrap();
    assert_eq!(store.spent("2026-11-23").await.unwrap().len(), 2, "kept as long as the ledger");
}

#[tokio::test]
async fn orders_are_found_by_who_bought_and_by_their_number() {
    let (_dir, store) = open().await;
    let incoming = order("ev-1", person());
    let tenant = incoming.tenant.clone();
    let contact = stored(&store, incoming).await.contact.unwrap();
    let by = async |by: OrdersBy| store.told_orders(&tenant, &by).await;
    let found = by(OrdersBy::Contact(contact.clone())).await.unwrap();
    assert_eq!((found.len(), found[0].contact.as_ref()), (1, Some(&contact)));
    let number = found[0].order.number.clone();
    for spelled in
        [number.clone(), number.trim_start_matches('#').to_owned(), format!("#{}", number.trim_start_matches('#'))]
    {
        assert_eq!(by(OrdersBy::Number(spelled.clone())).await.unwrap().len(), 1, "{spelled}");
    }
    assert!(by(OrdersBy::Number("9".into())).await.unwrap().is_empty());
    assert!(by(OrdersBy::Contact("con_other".into())).await.unwrap().is_empty());
    assert!(store.told_orders(&"another-shop".into(), &OrdersBy::Number(number)).await.unwrap().is_empty());
}
