//! A stored conversation as a scenario: who wrote what when, with personal data masked, and what flows said as what is
//! expected.

mod mask;

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::SecondsFormat;
use chrono_tz::Tz;
use ponte_model::send::Payload;
use ponte_model::{
    Body, Content, Control, ControlOrder, ConversationId, EchoMeaning, EventKey, HandOffTarget, MediaKind, Message,
    MessageId, Origin, SendId, StoreOrder, Timestamp,
};
use ponte_store::{PastBody, Store};
use serde_json::{Map, Value, json};

use crate::stage::{Say as _, StageError};
use mask::Mask;

/// So many lines and events are exported at most.
const MOST: u32 = 10_000;

/// A run says no more messages than this.
const MOST_OF_A_RUN: usize = 16;

/// An answer that comes later than this is an event of its own.
const AT_ONCE: Duration = Duration::from_secs(30);

/// What an export takes over.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExportOptions {
    /// What people wrote stays; names, phones, e-mails and long numbers are masked all the same.
    pub keep_text: bool,
}

/// Something that happened.
struct Happened {
    key: EventKey,
    at: Timestamp,
    step: Option<Value>,
    /// The rule that decided about it, where a flow might have answered.
    rule: Option<String>,
}

/// Something that a flow said.
struct Said {
    at: Timestamp,
    /// The event that it answers, where that is kept.
    to: Option<EventKey>,
    payload: Payload,
}

/// Writes a conversation as a scenario, in YAML. It names its flows as their manifests do, so it
/// plays in the package's `scenarios/`, or below a folder `flows` that has them all.
///
/// # Errors
/// The store cannot be read, or nothing is kept of that conversation.
pub async fn export(store: &dyn Store, id: &ConversationId, options: ExportOptions) -> Result<String, StageError> {
    let numbers = store.numbers().await.say()?;
    let number = numbers.into_iter().find(|row| row.id == id.number);
    let number = number.ok_or_else(|| StageError(format!("number {} is not registered", id.number)))?;
    let contact = store.contact(&id.contact).await.say()?;
    let contact = contact.ok_or_else(|| StageError(format!("nothing is kept of {}", id.contact)))?;
    let mut flows = store.installations().await.say()?;
    flows.retain(|row| row.tenant == number.tenant && (row.numbers.is_empty() || row.numbers.contains(&id.number)));

    let mut mask = Mask::new(options.keep_text);
    for flow in &flows {
        strings(&flow.settings, &mut |text| mask.knows(text));
        strings(&flow.package["texts"], &mut |text| mask.knows(text));
    }
    [&contact.name, &contact.app_name].into_iter().flatten().for_each(|name| mask.names(name));

    let mut happened = events(store, id, &number.tenant, &mut mask).await?;
    let said = answers(store, id).await?;
    happened.sort_by_key(|one| one.at.as_secs());
    let first = happened.first().ok_or_else(|| StageError(format!("no event of {id} is kept any more")))?.at;

    let zone = flows.iter().find_map(|flow| flow.settings["timezone"].as_str()?.parse::<Tz>().ok());
    let zone = zone.or_else(|| number.config.billing.timezone.as_deref()?.parse().ok()).unwrap_or(chrono_tz::UTC);
    let mut phones = BTreeMap::new();
    let own = contact.phone.as_ref().map(|phone| masked_phone(phone.as_str(), &mut phones));
    let mut customer = Map::new();
    customer.insert("name".to_owned(), json!(mask.flow(contact.name.as_deref().unwrap_or("Cliente"))));
    match (own, &contact.username) {
        (Some(phone), _) => drop(customer.insert("phone".to_owned(), json!(format!("+{phone}")))),
        (None, _) => drop(customer.insert("username".to_owned(), json!("cliente"))),
    }
    let settings = |value: &Value, phones: &mut BTreeMap<String, String>| scrubbed(value, &mask, phones);
    let over: Value = match flows.as_slice() {
        [one] => settings(&one.settings, &mut phones),
        many => many.iter().map(|one| (one.flow.to_string(), settings(&one.settings, &mut phones))).collect(),
    };
    let at = first.to_utc().with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false);
    let flows: Vec<_> = flows.iter().map(|flow| flow.flow.to_string()).collect();
    let mut whole =
        json!({ "flows": flows, "settings": over, "at": at, "timezone": zone.name(), "customer": customer });
    let mut about = json!({ "mode": number.config.mode.as_str(), "throughput": number.config.throughput });
    about["profile"] = json!(number.config.profile);
    whole["number"] = about;
    if let Some(policy) = store.policies(Some(&number.tenant), 1).await.say()?.into_iter().next() {
        whole["policy"] = scrubbed(&serde_json::to_value(&policy.policy).say()?, &mask, &mut phones);
    }
    whole["steps"] = Value::Array(steps(&happened, &said, &mask));
    let yaml = serde_yaml_ng::to_string(&whole).say()?;
    let kept = if options.keep_text { "names and numbers" } else { "names, numbers and what people wrote" };
    Ok(format!("# A chat that was had, exported by `ponte chat export`. Masked: {kept}.\n{yaml}"))
}

/// The steps, with the time between them and what flows said after each.
fn steps(happened: &[Happened], said: &[Said], mask: &Mask) -> Vec<Value> {
    let mut steps = Vec::new();
    let Some(first) = happened.first() else { return steps };
    let mut now = first.at;
    let mut pass = |to: Timestamp, steps: &mut Vec<Value>| {
        let seconds = to.as_secs() - now.as_secs();
        if seconds > 0 {
            steps.push(json!({ "advance": format!("{seconds}s") }));
            now = to;
        }
    };
    for (index, one) in happened.iter().enumerate() {
        pass(one.at, &mut steps);
        steps.extend(one.step.clone());
        let answers = said.iter().filter(|answer| answered(happened, answer) == index);
        let (prompt, late): (Vec<_>, Vec<_>) = answers.partition(|answer| answer.at.since(one.at) <= AT_ONCE);
        match (prompt.as_slice(), &one.rule) {
            ([], Some(rule)) => steps.push(json!({ "expect": { "silence": rule } })),
            ([], None) => {}
            (answers, _) => steps.push(expectation(answers, mask)),
        }
        for answer in late {
            pass(answer.at, &mut steps);
            steps.push(expectation(&[answer], mask));
        }
    }
    steps
}

/// What flows said, and to which event.
async fn answers(store: &dyn Store, id: &ConversationId) -> Result<Vec<Said>, StageError> {
    let mut causes = BTreeMap::new();
    for run in store.runs(MOST).await.say()?.into_iter().filter(|run| run.contact.as_ref() == Some(&id.contact)) {
        for ordinal in 0..MOST_OF_A_RUN {
            causes.insert(SendId::of(&run.id, ordinal), run.event.clone());
        }
    }
    let sends = store.conversation_sends(id, MOST).await.say()?;
    let of_line = |line: &MessageId| {
        let send =
            sends.iter().find(|send| send.message_id.as_ref() == Some(line) || send.id.as_str() == line.as_str());
        send.and_then(|send| causes.get(&send.id)).cloned()
    };
    let lines = store.recent(id, i64::MAX, MOST).await.say()?;
    let said = lines.into_iter().filter_map(|line| match (line.author, line.body) {
        (Origin::Api, PastBody::Sent(sent)) => Some(Said { at: line.at, to: of_line(&line.id), payload: sent.payload }),
        _ => None,
    });
    Ok(said.collect())
}

/// The place of what an answer was said to; of one that a timer brought, of what happened last before it.
fn answered(happened: &[Happened], answer: &Said) -> usize {
    let place = happened.iter().position(|one| Some(&one.key) == answer.to.as_ref());
    let in_time = |place: &usize| {
        let next = happened.get(place + 1);
        next.is_none_or(|next| answer.at.since(happened[*place].at) <= AT_ONCE || answer.at <= next.at)
    };
    let before = || happened.iter().rposition(|one| one.at.as_secs() <= answer.at.as_secs()).unwrap_or_default();
    place.filter(in_time).unwrap_or_else(before)
}

fn expectation(answers: &[&Said], mask: &Mask) -> Value {
    let reply = |payload: &Payload| match payload {
        Payload::Template(template) => json!({ "template": template.name }),
        other if other.words().is_empty() => json!({}),
        other => json!({ "equals": mask.flow(&other.words()) }),
    };
    match answers {
        [one] => json!({ "expect": { "reply": reply(&one.payload) } }),
        many => json!({ "expect": { "replies": many.iter().map(|one| reply(&one.payload)).collect::<Vec<_>>() } }),
    }
}

/// What happened in the conversation, in the order in which it came.
async fn events(
    store: &dyn Store,
    id: &ConversationId,
    tenant: &ponte_model::TenantId,
    mask: &mut Mask,
) -> Result<Vec<Happened>, StageError> {
    let (mut after, mut found) = (0, Vec::new());
    let mut orders = BTreeMap::new();
    loop {
        let batch = store.past_events(tenant, Timestamp::EPOCH, after, MOST).await.say()?;
        let Some(last) = batch.last() else { return Ok(found) };
        after = last.pending.seq;
        for past in batch.into_iter().filter(|past| past.pending.conversation().as_ref() == Some(id)) {
            let event = &past.pending.event;
            let customer = event.origin == Origin::Customer;
            let step = match &event.body {
                Body::Order(order) => told(order, &mut orders),
                Body::Standby(inner) => step_of(inner, customer, mask),
                body => step_of(body, customer, mask),
            };
            let rule = past.decision.filter(|_| customer && step.is_some());
            if step.is_some() {
                found.push(Happened { key: event.key.clone(), at: event.at, step, rule });
            }
        }
    }
}

fn step_of(body: &Body, customer: bool, mask: &mut Mask) -> Option<Value> {
    match body {
        Body::Message(message) if customer => Some(said(message, mask)),
        Body::Echo(message) => {
            let text = match &message.content {
                Content::Text { body } => mask.people(body),
                _ => "(…)".to_owned(),
            };
            match message.echo.as_deref() {
                Some(EchoMeaning::Own) => None,
                Some(EchoMeaning::Automatic { .. }) => Some(json!({ "phone": { "away": text } })),
                _ => Some(json!({ "phone": text })),
            }
        }
        Body::Edit { message, .. } if customer => match &message.content {
            Content::Text { body } => Some(json!({ "customer": { "edit": mask.people(body) } })),
            _ => None,
        },
        Body::Revoke { .. } if customer => Some(json!({ "customer": { "revoke": true } })),
        Body::Control(Control { order, .. }) => match order {
            ControlOrder::Release => Some(json!({ "team": "release" })),
            ControlOrder::Take(HandOffTarget::Team) => Some(json!({ "team": "take" })),
            ControlOrder::Take(HandOffTarget::App) => None,
        },
        _ => None,
    }
}

fn said(message: &Message, mask: &mut Mask) -> Value {
    let step = match &message.content {
        Content::Text { body } => {
            let text = mask.people(body);
            match message.referral.as_ref().and_then(|referral| referral.headline.clone()) {
                Some(headline) => json!({ "text": text, "referral": headline }),
                None => json!(text),
            }
        }
        Content::ButtonReply(choice) | Content::ListReply(choice) => return json!({ "tap": choice.title }),
        Content::Media(media) => match media.kind {
            MediaKind::Audio | MediaKind::Voice => json!({ "voice": "" }),
            MediaKind::Sticker => json!({ "sticker": "" }),
            _ => json!({ "image": mask.people(media.caption.as_deref().unwrap_or_default()) }),
        },
        Content::Location(_) => json!({ "location": "" }),
        Content::Reaction { emoji: Some(emoji), .. } => json!({ "reaction": emoji }),
        _ => json!({ "unsupported": message.errors.first().map_or(131_051, |error| error.code) }),
    };
    json!({ "customer": step })
}

/// An order, once for all flows that were told of it.
fn told(order: &StoreOrder, known: &mut BTreeMap<(String, String, Timestamp), ()>) -> Option<Value> {
    let state = serde_json::to_value(&order.state).ok()?.as_str()?.to_owned();
    let again = known.insert((order.id.clone(), state.clone(), order.changed), ()).is_some();
    (!again).then(|| json!({ "order": { "state": state, "test": order.test } }))
}

/// Calls `each` with every text in a JSON value.
fn strings(value: &Value, each: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(list) => list.iter().for_each(|one| strings(one, each)),
        Value::Object(map) => map.values().for_each(|one| strings(one, each)),
        _ => {}
    }
}

/// The same phone becomes the same.
fn masked_phone(phone: &str, phones: &mut BTreeMap<String, String>) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let nth = phones.len();
    phones.entry(digits).or_insert_with(|| mask::phone(nth)).clone()
}

/// Settings without phones, e-mails and the customer's name.
fn scrubbed(value: &Value, mask: &Mask, phones: &mut BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) if mask::is_phone(text) => json!(format!("+{}", masked_phone(text, phones))),
        Value::String(text) if text.contains('@') => json!("x@example.com"),
        // Where the shop has the customer's name in a text of its own, flows say it so.
        Value::String(text) => json!(mask.named(text)),
        Value::Array(list) => list.iter().map(|one| scrubbed(one, mask, phones)).collect(),
        Value::Object(map) => map.iter().map(|(key, one)| (key.clone(), scrubbed(one, mask, phones))).collect(),
        other => other.clone(),
    }
}
