//! Routing policies and their versions.

mod common;

use common::{at, open};
use ponte_model::TenantId;
use ponte_store::Store as _;
use serde_json::json;

#[tokio::test]
async fn a_policy_is_taken_back_in_one_step_and_every_change_is_noticed() {
    let (_dir, store) = open().await;
    let (shop, other): (TenantId, TenantId) = ("shop".into(), "other".into());
    let in_force = async || store.policies(Some(&shop), 1).await.unwrap().pop().map(|row| (row.version, row.policy));
    assert_eq!(store.roll_back_policy(&shop, at(0)).await.unwrap(), None, "there is nothing to take back");
    assert_eq!(in_force().await, None);

    let noticed = store.registry_version().await.unwrap();
    assert_eq!(store.put_policy(&shop, &json!({"a": 1}), at(1)).await.unwrap(), 1);
    assert_eq!(store.put_policy(&other, &json!({"z": 1}), at(1)).await.unwrap(), 1);
    assert_eq!(store.put_policy(&shop, &json!({"b": 2}), at(2)).await.unwrap(), 2);
    assert_eq!(in_force().await, Some((2, json!({"b": 2}))));
    assert!(store.registry_version().await.unwrap() > noticed);

    let noticed = store.registry_version().await.unwrap();
    let back = store.roll_back_policy(&shop, at(3)).await.unwrap().unwrap();
    assert_eq!((back.version, &back.policy, back.created_at), (3, &json!({"a": 1}), at(3)));
    assert!(store.registry_version().await.unwrap() > noticed);
    store.roll_back_policy(&shop, at(4)).await.unwrap();
    assert_eq!(in_force().await, Some((4, json!({"b": 2}))), "taken back twice is where it was");

    store.roll_back_policy(&other, at(5)).await.unwrap();
    let all = store.policies(None, 2).await.unwrap();
    let all: Vec<_> = all.iter().map(|row| (row.tenant.as_str(), row.version, row.policy.clone())).collect();
    assert_eq!(
        all,
        [
            ("other", 2, json!(null)),
            ("other", 1, json!({"z": 1})),
            ("shop", 4, json!({"b": 2})),
            ("shop", 3, json!({"a": 1})),
        ]
    );
}
