//! Read receipts and the typing bubble: not messages, so no window, rate or fault touches them.

use ponte_model::{MessageId, NumberId};
use serde_json::{Value, json};

use super::accept::check_link;
use super::no_such_object;
use crate::hub::Hub;
use crate::rules::codes::INVALID;
use crate::rules::{Broken, Checked, fields};
use crate::transcript::What;

/// Marks a customer's message as read.
pub(crate) fn mark_read(hub: &Hub, number: &NumberId, request: &Value) -> Checked<Value> {
    if request["status"] != "read" {
        return Err(Broken::new(INVALID, "Parameter status must be \"read\"."));
    }
    let id = request["message_id"].as_str().map(MessageId::from).ok_or_else(|| fields::missing("message_id"))?;
    let typing = match request.get("typing_indicator") {
        None => false,
        Some(indicator) if indicator["type"] == "text" => true,
        Some(_) => return Err(Broken::new(INVALID, "Parameter typing_indicator.type must be \"text\".")),
    };
    let world = hub.world();
    check_link(world.numbers.get(number).ok_or_else(|| no_such_object(number.as_str()))?)?;
    let fact = world
        .message(&id)
        .filter(|fact| fact.by_customer && fact.number == *number)
        .ok_or_else(|| Broken::new(INVALID, "Parameter message_id: no customer wrote this message to this number."))?;
    hub.transcript.write(hub.now(), Some(number), Some(&fact.customer), What::MarkedRead { id, typing });
    Ok(json!({"success": true}))
}
