//! What the store's tests share.
#![allow(dead_code, reason = "each test file uses a part")]

use std::sync::Arc;

use ponte_model::send::{Outbound, Payload, Recipient};
use ponte_model::{
    Body, Buyer, Contact, Content, ConversationId, DeliveryState, DeliveryStatus, Event, EventKey, Lane, Message,
    OrderState, Origin, SendId, StoreOrder, Timestamp, WhenClosed,
};
use ponte_store::{Incoming, NewSend, OutboxItem, SqliteStore};

pub(crate) const NUMBER: &str = "1001";

pub(crate) fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000 + secs)
}

pub(crate) async fn open() -> (tempfile::TempDir, SqliteStore) {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path()).await.unwrap();
    (dir, store)
}

pub(crate) fn event(key: &str, origin: Origin, lane: Lane, contact: Option<Contact>, body: Body) -> Incoming {
    Incoming {
        tenant: "shop".into(),
        contact: None,
        event: Arc::new(Event {
            key: EventKey::new(key),
            origin,
            lane,
            waba_id: None,
            number_id: Some(NUMBER.into()),
            contact,
            message_id: Some(key.into()),
            at: at(0),
            body,
        }),
    }
}

pub(crate) fn text(key: &str, from: Contact) -> Incoming {
    let body = Body::Message(Message::of(Content::Text { body: "oi".into() }));
    event(key, Origin::Customer, Lane::Message, Some(from), body)
}

/// A store tells of somebody, by a number as people write it.
pub(crate) fn order(key: &str, of: Contact) -> Incoming {
    let order = StoreOrder {
        source: "loja".into(),
        id: key.into(),
        number: key.into(),
        state: OrderState::Paid,
        changed: at(0),
        total: None,
        items: Vec::new(),
        status_url: None,
        parcels: Vec::new(),
        customer: Buyer::default(),
        test: false,
        withheld: false,
        channel: None,
        consent: None,
        listener: None,
        raw: serde_json::Value::Null,
    };
    event(key, Origin::System, Lane::Message, Some(of), Body::Order(Box::new(order)))
}

pub(crate) fn echo(key: &str, to: Contact) -> Incoming {
    let body = Body::Echo(Message::of(Content::Text { body: "olá".into() }));
    event(key, Origin::App, Lane::Message, Some(to), body)
}

pub(crate) fn new_send(id: &str, conversation: &ConversationId) -> NewSend {
    let payload = Payload::Text { body: "resposta".into(), preview_url: None };
    let message = Outbound { to: Recipient::Phone("5511".into()), reply_to: None, payload };
    NewSend {
        id: SendId::new(id),
        conversation: conversation.clone(),
        installation: Some("inst".into()),
        run: None,
        item: OutboxItem::Message { message: Box::new(message) },
        expires_at: None,
        lane: 3,
        when_closed: WhenClosed::Refuse,
        at: at(0),
        leave: None,
        charge: None,
    }
}

pub(crate) fn status(wamid: &str, state: DeliveryState, send: Option<&str>) -> DeliveryStatus {
    DeliveryStatus {
        message_id: wamid.into(),
        state,
        send_id: send.map(SendId::new),
        group_id: None,
        pricing: None,
        conversation: None,
        errors: Vec::new(),
    }
}
