//! The JSON of webhooks. Source: Meta, webhooks reference, as of September 2026.

use ponte_model::{Timestamp, WabaId};
use serde_json::{Map, Value, json};

use crate::config::NumberSetup;
use crate::rules::codes;
use crate::world::{Outgoing, Profile};

/// One element of `changes[]`, and the account it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    pub(crate) waba: WabaId,
    pub(crate) field: String,
    pub(crate) value: Value,
    /// When, in Unix seconds, on fields that tell it in `entry[].time`: those about the account.
    pub(crate) time: Option<i64>,
}

impl Change {
    pub(crate) fn about_messages(waba: &WabaId, field: &str, value: Value) -> Self {
        Self { waba: waba.clone(), field: field.to_owned(), value, time: None }
    }

    pub(crate) fn about_account(waba: &WabaId, field: &str, value: Value, now: Timestamp) -> Self {
        Self { waba: waba.clone(), field: field.to_owned(), value, time: Some(now.as_secs()) }
    }
}

pub(crate) fn metadata(number: &NumberSetup) -> Value {
    json!({"display_phone_number": number.display_phone.as_str(), "phone_number_id": number.id.as_str()})
}

/// An element of `contacts[]`.
pub(crate) fn contact(profile: &Profile) -> Value {
    let mut contact = json!({"profile": {"name": profile.name}});
    if let Some(username) = &profile.username {
        contact["profile"]["username"] = json!(username);
    }
    if let Some(phone) = profile.visible_phone() {
        contact["wa_id"] = json!(phone.as_str());
    }
    contact["user_id"] = json!(profile.user_id.as_str());
    contact
}

/// The `value` around a message from a customer. System messages come without `contacts[]`.
pub(crate) fn inbound(metadata: Value, profile: &Profile, message: Value) -> Value {
    let mut value = json!({"messaging_product": "whatsapp", "metadata": metadata});
    if message["type"] != "system" {
        value["contacts"] = json!([contact(profile)]);
    }
    value["messages"] = json!([message]);
    value
}

/// The `value` around a message that was written in the app.
pub(crate) fn echo(metadata: Value, profile: &Profile, message: Value) -> Value {
    json!({
        "messaging_product": "whatsapp", "metadata": metadata,
        "contacts": [contact(profile)], "message_echoes": [message],
    })
}

/// The `value` around one status. A price is told with `sent` and `delivered`, persons with all but `failed`.
pub(crate) fn status(outgoing: &Outgoing, word: &str, failure: Option<i64>, now: Timestamp) -> Value {
    let mut status = Map::new();
    let mut put = |key: &str, value: Value| status.insert(key.to_owned(), value);
    put("id", json!(outgoing.id.as_str()));
    put("status", json!(word));
    put("timestamp", json!(now.as_secs().to_string()));
    if let Some(phone) = outgoing.profile.visible_phone() {
        put("recipient_id", json!(phone.as_str()));
    }
    put("recipient_user_id", json!(outgoing.profile.user_id.as_str()));
    if let Some(callback) = &outgoing.callback {
        put("biz_opaque_callback_data", json!(callback));
    }
    if matches!(word, "sent" | "delivered") {
        if let Some(until) = outgoing.free_until {
            put(
                "conversation",
                json!({"id": format!("fep-{}-{}", outgoing.profile.phone, until.as_secs()),
                    "expiration_timestamp": until.as_secs().to_string(), "origin": {"type": "referral_conversion"}}),
            );
        }
        put("pricing", outgoing.pricing.clone());
    }
    if let Some(code) = failure {
        put("errors", json!([error(code, codes::title(code))]));
    }
    let mut value = json!({"messaging_product": "whatsapp", "metadata": outgoing.metadata});
    if failure.is_none() {
        value["contacts"] = json!([contact(&outgoing.profile)]);
    }
    value["statuses"] = json!([status]);
    value
}

/// An element of `errors[]`.
pub(crate) fn error(code: i64, details: &str) -> Value {
    let title = codes::title(code);
    json!({"code": code, "title": title, "message": title, "error_data": {"details": details},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"})
}

/// An element of `entry[]`.
struct Bundle {
    waba: WabaId,
    time: Option<i64>,
    changes: Vec<(String, Value)>,
}

/// The whole body. Changes of one account share an entry; messages, statuses and echoes of one number share a change.
/// `swapped` puts `value` before `field`: the order of keys is not stable.
pub(crate) fn envelope(changes: Vec<Change>, swapped: bool) -> Value {
    let mut bundles: Vec<Bundle> = Vec::new();
    for Change { waba, field, value, time } in changes {
        match bundles.iter_mut().find(|bundle| bundle.waba == waba && bundle.time == time) {
            Some(bundle) => add(&mut bundle.changes, field, value),
            None => bundles.push(Bundle { waba, time, changes: vec![(field, value)] }),
        }
    }
    let change = |(field, value): (String, Value)| match swapped {
        true => json!({"value": value, "field": field}),
        false => json!({"field": field, "value": value}),
    };
    let entry = |bundle: Bundle| {
        let mut entry = json!({"id": bundle.waba.as_str()});
        if let Some(time) = bundle.time {
            entry["time"] = json!(time);
        }
        entry["changes"] = bundle.changes.into_iter().map(change).collect();
        entry
    };
    let entries: Vec<_> = bundles.into_iter().map(entry).collect();
    json!({"object": "whatsapp_business_account", "entry": entries})
}

fn add(changes: &mut Vec<(String, Value)>, field: String, value: Value) {
    match changes.iter_mut().find(|(known, other)| *known == field && are_alike(other, &value)) {
        Some((_, other)) => merge(other, value),
        None => changes.push((field, value)),
    }
}

const LISTS: [&str; 3] = ["messages", "statuses", "message_echoes"];

/// Whether two values hold the same kind of list for the same number, and nothing else that a merge would lose.
fn are_alike(one: &Value, other: &Value) -> bool {
    one["metadata"] == other["metadata"]
        && one["metadata"].is_object()
        && one["errors"] == other["errors"]
        && LISTS.iter().any(|list| one[list].is_array() && other[list].is_array())
}

fn merge(into: &mut Value, mut from: Value) {
    for list in LISTS {
        if let (Some(into), Some(from)) = (into[list].as_array_mut(), from[list].as_array_mut()) {
            into.append(from);
        }
    }
    let Some(contacts) = from["contacts"].as_array_mut().map(std::mem::take) else { return };
    if !into["contacts"].is_array() {
        into["contacts"] = json!([]);
    }
    if let Some(known) = into["contacts"].as_array_mut() {
        for contact in contacts {
            if !known.contains(&contact) {
                known.push(contact);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_keeps_every_item() {
        let value = |number: &str, list: &str, id: &str| {
            json!({"messaging_product": "whatsapp", "metadata": {"phone_number_id": number},
                "contacts": [{"wa_id": "1"}], list: [{"id": id}]})
        };
        let change = |waba: &str, number: &str, list: &str, id: &str| {
            Change::about_messages(&waba.into(), "messages", value(number, list, id))
        };
        let body = envelope(
            vec![
                change("A", "1", "messages", "m1"),
                change("A", "1", "statuses", "s1"),
                change("B", "2", "messages", "m2"),
                change("A", "1", "messages", "m3"),
            ],
            false,
        );
        let changes = body["entry"][0]["changes"].as_array().unwrap();
        assert_eq!(body["entry"].as_array().unwrap().len(), 2);
        assert_eq!(changes.len(), 2);
        assert_eq!(changes[0]["value"]["messages"], json!([{"id": "m1"}, {"id": "m3"}]));
        assert_eq!(changes[0]["value"]["contacts"], json!([{"wa_id": "1"}]));
        assert_eq!(changes[1]["value"]["statuses"], json!([{"id": "s1"}]));
        assert!(body["entry"][0].get("time").is_none());
    }
}
