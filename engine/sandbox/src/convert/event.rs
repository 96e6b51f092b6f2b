use ponte_model::{
    Body, DeliveryState, DeliveryStatus, Event, Message, OrderState, Origin, Parcel, Price, Referral, StoreOrder,
};

use super::{content, instant, other};
use crate::RunRequest;
use crate::bindings::ponte::flow::events as wit;

/// The event of a run, in the guest's words.
pub(crate) fn event(request: &RunRequest) -> wit::Event {
    let event = &request.event;
    wit::Event {
        id: event.key.to_string(),
        at: instant(event.at),
        number: event.number_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        contact: request.contact.as_ref().map(ToString::to_string),
        attempt: request.attempt,
        body: body(event),
    }
}

/// What happened; kinds without a word of their own, and what is not the customer's doing, come as JSON.
fn body(event: &Event) -> wit::Body {
    let by_customer = event.origin == Origin::Customer;
    match &event.body {
        Body::Message(said) => wit::Body::Message(message(event, said)),
        Body::Edit { original, message } if by_customer => {
            wit::Body::Edit(wit::Edit { original: original.to_string(), content: content(&message.content) })
        }
        Body::Revoke { original } if by_customer => wit::Body::Revoke(original.to_string()),
        Body::Status(status) => match delivery(&status.state) {
            Some(delivery) => wit::Body::Receipt(receipt(status, delivery)),
            None => wit::Body::Other(other(event.body.kind(), status)),
        },
        Body::Timer(timer) => wit::Body::Timer(wit::Timer { name: timer.name.clone(), payload: timer.payload.clone() }),
        Body::Schedule(schedule) => wit::Body::Schedule(schedule.name.clone()),
        Body::Order(told) => wit::Body::Order(order(told)),
        Body::HttpReply(reply) => wit::Body::Other(other("http-reply", &reply.as_told())),
        unnamed => wit::Body::Other(other(unnamed.kind(), unnamed)),
    }
}

fn message(event: &Event, message: &Message) -> wit::Message {
    wit::Message {
        id: event.message_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        content: content(&message.content),
        reply_to: message.context.as_ref().and_then(|context| context.message_id.as_ref()).map(ToString::to_string),
        referral: message.referral.as_deref().map(referral),
    }
}

fn referral(referral: &Referral) -> wit::Referral {
    wit::Referral {
        source: referral.source_type.clone().unwrap_or_default(),
        id: referral.source_id.clone(),
        headline: referral.headline.clone(),
        click_id: referral.click_id.clone(),
    }
}

fn receipt(status: &DeliveryStatus, delivery: wit::Delivery) -> wit::Receipt {
    let code = status.errors.first().map(|error| error.code).and_then(|code| u32::try_from(code).ok());
    wit::Receipt { message: status.message_id.to_string(), delivery, code }
}

pub(crate) fn order(order: &StoreOrder) -> wit::StoreOrder {
    let item = |item: &ponte_model::OrderedItem| wit::OrderedItem { name: item.name.clone(), quantity: item.quantity };
    wit::StoreOrder {
        source: order.source.clone(),
        id: order.id.clone(),
        number: order.number.clone(),
        state: order_state(&order.state),
        changed: instant(order.changed),
        total: order.total.as_ref().map(price),
        items: order.items.iter().map(item).collect(),
        status_url: order.status_url.clone(),
        parcels: order.parcels.iter().map(parcel).collect(),
        customer: order.customer.name.clone(),
        language: order.customer.language.clone(),
        test: order.test,
        channel: order.channel.clone(),
        consent: order.consent,
    }
}

fn order_state(state: &OrderState) -> wit::OrderState {
    match state {
        OrderState::Placed => wit::OrderState::Placed,
        OrderState::Paid => wit::OrderState::Paid,
        OrderState::Shipped => wit::OrderState::Shipped,
        OrderState::Delivered => wit::OrderState::Delivered,
        OrderState::Cancelled => wit::OrderState::Cancelled,
        OrderState::Refunded => wit::OrderState::Refunded,
        OrderState::Other(word) => wit::OrderState::Other(word.clone()),
    }
}

fn price(price: &Price) -> wit::Price {
    wit::Price { minor: price.minor, decimals: price.decimals, currency: price.currency.clone() }
}

fn parcel(parcel: &Parcel) -> wit::Parcel {
    wit::Parcel { carrier: parcel.carrier.clone(), code: parcel.code.clone(), url: parcel.url.clone() }
}

/// A voice message that was played was read as well.
fn delivery(state: &DeliveryState) -> Option<wit::Delivery> {
    match state {
        DeliveryState::Sent => Some(wit::Delivery::Sent),
        DeliveryState::Delivered => Some(wit::Delivery::Delivered),
        DeliveryState::Read | DeliveryState::Played => Some(wit::Delivery::Read),
        DeliveryState::Failed => Some(wit::Delivery::Failed),
        DeliveryState::Other(_) => None,
    }
}
