use ponte_model::{Charge, DeliveryState, DeliveryStatus, Pricing, Stage};
use ponte_policy::money::settle;

use super::charge;

fn status(state: DeliveryState, told: Option<(&str, &str)>) -> DeliveryStatus {
    DeliveryStatus {
        message_id: "wamid".into(),
        state,
        send_id: None,
        group_id: None,
        pricing: told.map(|(kind, category)| Pricing {
            model: "PMP".into(),
            category: category.into(),
            kind: Some(kind.into()),
            billable: Some(kind == "regular"),
        }),
        conversation: None,
        errors: Vec::new(),
    }
}

/// The charge after statuses, and how many of them changed it.
fn after(mut charge: Charge, statuses: &[DeliveryStatus]) -> (Charge, usize) {
    let mut changes = 0;
    for status in statuses {
        if let Some(changed) = settle(&charge, status) {
            charge = changed;
            changes += 1;
        }
    }
    (charge, changes)
}

#[test]
fn the_first_word_of_a_status_about_the_price_counts() {
    use DeliveryState::{Delivered, Failed, Read, Sent};
    let regular = Some(("regular", "service"));
    let free = Some(("free_customer_service", "service"));
    let entry = Some(("free_entry_point", "referral_conversion"));
    let dearer = Some(("regular", "marketing"));
    let strange = Some(("regular", "general_purpose_ai"));
    for (statuses, stage, amount, why) in [
        (vec![status(Sent, regular)], Stage::Reserved, Some(50_000), None),
        (vec![status(Sent, regular), status(Delivered, None)], Stage::Settled, Some(50_000), None),
        (vec![status(Delivered, None)], Stage::Settled, Some(50_000), None),
        (vec![status(Delivered, free)], Stage::Settled, Some(0), Some("window")),
        (vec![status(Delivered, entry)], Stage::Settled, Some(0), Some("entry-point")),
        (vec![status(Delivered, dearer)], Stage::Settled, Some(400_000), None),
        // A category without a price: unknown, not zero.
        (vec![status(Delivered, strange)], Stage::Settled, None, None),
        // The first that says something counts, and may come late.
        (vec![status(Sent, free), status(Delivered, regular)], Stage::Settled, Some(0), Some("window")),
        (vec![status(Delivered, None), status(Read, dearer)], Stage::Settled, Some(400_000), None),
        (vec![status(Failed, None)], Stage::Freed, Some(50_000), None),
        // One device failed, another got it.
        (vec![status(Failed, None), status(Delivered, regular)], Stage::Settled, Some(50_000), None),
        (vec![status(Delivered, regular), status(Failed, None)], Stage::Settled, Some(50_000), None),
    ] {
        let (done, _) = after(charge("s", Some(50_000)), &statuses);
        assert_eq!((done.stage, done.amount, done.free.as_deref()), (stage, amount, why), "{statuses:?}");
    }
}

#[test]
fn a_delivery_settles_once_however_often_it_is_told() {
    let delivered = status(DeliveryState::Delivered, Some(("regular", "service")));
    let read = status(DeliveryState::Read, Some(("regular", "service")));
    let (_, changes) = after(charge("s", Some(50_000)), &[delivered.clone(), delivered.clone(), read, delivered]);
    assert_eq!(changes, 1);
}

#[test]
fn what_the_allowance_covers_stays_free_though_the_status_calls_it_regular() {
    let covered = Charge { free: Some("allowance".into()), amount: Some(0), ..charge("s", Some(0)) };
    let regular = |category| status(DeliveryState::Delivered, Some(("regular", category)));
    let (done, _) = after(covered.clone(), &[regular("service")]);
    assert_eq!((done.amount, done.free.as_deref()), (Some(0), Some("allowance")));
    let (done, _) = after(covered, &[regular("marketing")]);
    assert_eq!((done.amount, done.free), (Some(400_000), None), "the allowance is for service messages");
}
