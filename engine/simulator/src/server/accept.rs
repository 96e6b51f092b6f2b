//! Whether WhatsApp takes a message. Every rule is asked here, in the order of this file.

use std::sync::Arc;
use std::time::Duration;

use ponte_model::{MessageId, NumberId, Phone, Timestamp, UserId};
use serde_json::{Value, json};

use crate::config::WindowRefusal;
use crate::hub::Hub;
use crate::people::{Received, Writer, rendered};
use crate::rules::codes::{
    INVALID, MARKETING_STOPPED, NEEDS_PHONE, NOT_REGISTERED, OWN_NUMBER, PAIR, PARAMETER, PERMISSION, THROUGHPUT,
    UNDELIVERABLE, WINDOW,
};
use crate::rules::pricing::pricing;
use crate::rules::{Broken, Checked, fields, filling};
use crate::transcript::What;
use crate::webhooks::bodies;
use crate::world::{Fact, Link, Number, Outgoing, World};

/// A message that was accepted.
pub(crate) struct Accepted {
    pub(crate) response: Value,
    pub(crate) outgoing: Arc<Outgoing>,
    /// The code it will fail with all the same.
    pub(crate) failure: Option<i64>,
}

/// Reactions may go to messages this old (Meta: reaction messages).
const REACTION_AGE: Duration = Duration::from_secs(30 * 24 * 3600);

/// Takes or refuses a message. `doomed` is the code that a fault lets it fail with later.
pub(crate) fn accept(
    hub: &Hub,
    number_id: &NumberId,
    request: &Value,
    body: &[u8],
    doomed: Option<i64>,
) -> Checked<Accepted> {
    let kind = fields::check(request)?;
    let callback = request["biz_opaque_callback_data"].as_str().map(str::to_owned);
    let now = hub.now();
    let mut guard = hub.world();
    let world = &mut *guard;
    check_link(number(world, number_id)?)?;
    let to = recipient(world, number_id, request)?;
    let (category, text) = match kind {
        "template" => template(world, number_id, request, to.by_user_id)?,
        _ => (None, rendered(kind, request)),
    };
    if kind == "reaction" {
        check_reaction(world, number_id, &to.phone, request, now)?;
    }
    let on_whatsapp = world.person(&to.phone).on_whatsapp;
    let id = world.new_message_id(&to.phone);
    let (number, profile) =
        world.chat(number_id, &to.phone).ok_or_else(|| super::no_such_object(number_id.as_str()))?;

    if !number.throughput.has_room(now) {
        let limit = number.setup.messages_per_second;
        return Err(Broken::new(THROUGHPUT, format!("More than {limit} messages in and out within one second.")));
    }
    let chat = number.with(&to.phone);
    if !chat.pair.has_room(now) {
        return Err(Broken::new(PAIR, "Too many messages to this recipient in a short time: wait, others may go on."));
    }
    let open = chat.windows.is_open(now);
    let closed = !open && category.is_none();
    let window = || Broken::new(WINDOW, "More than 24 hours have passed since the recipient last replied.");
    if closed && hub.config.window_refusal == WindowRefusal::Synchronous {
        return Err(window());
    }
    let unwanted = chat.marketing_stopped && category.as_deref() == Some("MARKETING");
    let broken = match (closed, unwanted) {
        (true, _) => Some(window()),
        (_, true) => Some(Broken::new(MARKETING_STOPPED, "The recipient stopped marketing messages.")),
        _ => None,
    };
    let undeliverable = (!on_whatsapp).then_some(UNDELIVERABLE);
    let failure = broken.as_ref().map(|broken| broken.code).or(undeliverable).or(doomed);

    chat.pair.count(now);
    if failure.is_none() {
        chat.windows.business_answered(now);
    }
    let free_until = chat.windows.free_until(now);
    let outgoing = Arc::new(Outgoing {
        id: id.clone(),
        waba: number.waba.clone(),
        number: number_id.clone(),
        metadata: bodies::metadata(&number.setup),
        profile,
        callback: callback.clone(),
        pricing: pricing(category.as_deref(), open, free_until.is_some(), now),
        free_until,
        reaction: kind == "reaction",
    });
    if failure.is_none() && kind != "reaction" {
        number.with(&to.phone).unread.push(Arc::clone(&outgoing));
    }
    number.throughput.count(now);

    let customer = Some(&to.phone);
    let sent = What::Sent { id: id.clone(), kind: kind.to_owned(), text: text.clone(), callback: callback.clone() };
    hub.transcript.write(now, Some(number_id), customer, sent);
    if let Some(Broken { code, details }) = broken {
        hub.transcript.write(now, Some(number_id), customer, What::Refused { code, details, callback });
    } else if let Some(code) = doomed {
        let what = format!("will fail with {code}");
        hub.transcript.write(now, Some(number_id), customer, What::Fault { what, callback });
    }
    let fact = Fact {
        number: number_id.clone(),
        customer: to.phone.clone(),
        at: now,
        by_customer: false,
        reaction: kind == "reaction",
        revoked: false,
    };
    world.remember(id.clone(), fact);
    if failure.is_none() {
        let raw = String::from_utf8_lossy(body).into();
        let received = Received {
            id: id.clone(),
            number: number_id.clone(),
            at: now,
            by: Writer::Api,
            kind: kind.to_owned(),
            text,
            raw,
        };
        world.receive(&to.phone, received);
    }
    Ok(Accepted { response: response(&to, &outgoing, kind), outgoing, failure })
}

fn response(to: &Recipient, outgoing: &Outgoing, kind: &str) -> Value {
    let mut contact = json!({"input": to.input});
    if !to.by_user_id {
        contact["wa_id"] = json!(to.phone.as_str());
    }
    contact["user_id"] = json!(outgoing.profile.user_id.as_str());
    let mut message = json!({"id": outgoing.id.as_str()});
    if kind == "template" {
        message["message_status"] = json!("accepted");
    }
    json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]})
}

fn number<'w>(world: &'w World, id: &NumberId) -> Checked<&'w Number> {
    world.numbers.get(id).ok_or_else(|| super::no_such_object(id.as_str()))
}

/// Whether the number is on the API. The fact sheet names no code for this; these are the nearest.
pub(crate) fn check_link(number: &Number) -> Checked {
    match number.link {
        Link::Up => Ok(()),
        Link::Offboarded => Err(Broken::new(NOT_REGISTERED, "The number is off the API until it is reconnected.")),
        Link::Ended => Err(Broken::new(PERMISSION, "The business disconnected this number from the platform.")),
    }
}

struct Recipient {
    phone: Phone,
    input: String,
    by_user_id: bool,
}

/// Whom a request is for: `to` by phone, else `recipient` by BSUID.
fn recipient(world: &World, number_id: &NumberId, request: &Value) -> Checked<Recipient> {
    let number = number(world, number_id)?;
    if request.get("recipient_type").is_some_and(|kind| kind != "individual") {
        return Err(Broken::new(PARAMETER, "Parameter recipient_type: only \"individual\" is simulated."));
    }
    let given = |key: &str| request[key].as_str().filter(|text| !text.is_empty());
    let Some(to) = given("to") else {
        let input = given("recipient").ok_or_else(|| fields::missing("to"))?;
        let phone = world
            .phone_of(&UserId::from(input), &number.portfolio)
            .ok_or_else(|| Broken::new(INVALID, "Parameter recipient is no user id of this business portfolio."))?;
        return Ok(Recipient { phone: phone.clone(), input: input.to_owned(), by_user_id: true });
    };
    let digits: String = to.chars().filter(|c| !matches!(c, '+' | '-' | ' ' | '(' | ')')).collect();
    if !(5..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Broken::new(INVALID, "Parameter to is no phone number."));
    }
    let phone = world.dial(&Phone::new(digits));
    if phone == number.setup.display_phone {
        return Err(Broken::new(OWN_NUMBER, "Sender and recipient are the same number."));
    }
    Ok(Recipient { phone, input: to.to_owned(), by_user_id: false })
}

/// The category of the template that is asked for, and what the customer will read.
fn template(
    world: &World,
    number_id: &NumberId,
    request: &Value,
    by_user_id: bool,
) -> Checked<(Option<String>, String)> {
    let account = world.accounts.get(&number(world, number_id)?.waba);
    let templates = account.map_or(&[][..], |account| &account.templates);
    let template = filling::sendable(templates, &request["template"])?;
    if by_user_id && template.category == "AUTHENTICATION" {
        return Err(Broken::new(NEEDS_PHONE, "Authentication templates need a phone number as recipient."));
    }
    let text = filling::filled(template, &request["template"])?;
    Ok((Some(template.category.clone()), text))
}

fn check_reaction(world: &World, number: &NumberId, to: &Phone, request: &Value, now: Timestamp) -> Checked {
    let target = MessageId::from(request["reaction"]["message_id"].as_str().unwrap_or_default());
    let good = world.message(&target).is_some_and(|fact| {
        let alive = !fact.reaction && !fact.revoked && now.since(fact.at) <= REACTION_AGE;
        alive && fact.number == *number && fact.customer == *to
    });
    if good {
        return Ok(());
    }
    let details = "Parameter reaction.message_id: no such message in this chat, or deleted, a reaction, or too old.";
    Err(Broken::new(INVALID, details))
}
