//! What messages say: inbound, echoed and imported alike.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Contact, EchoMeaning, MessageId, PlatformError, Timestamp};

/// A message, whoever wrote it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// What it says.
    pub content: Content,
    /// What it answers or forwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// The ad or post that opened the chat; only on the first message after the tap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<Box<Referral>>,
    /// The group it was written in; then the contact is the participant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// What the platform complains of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<PlatformError>,
    /// What an echo means, where it is not simply somebody's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub echo: Option<Box<EchoMeaning>>,
}

impl Message {
    /// A message that is nothing but its content.
    pub fn of(content: Content) -> Self {
        Self { content, context: None, referral: None, group_id: None, errors: Vec::new(), echo: None }
    }
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    /// Plain text.
    Text {
        /// The text.
        body: String,
    },
    /// A file.
    Media(Media),
    /// A place. Live locations are never delivered.
    Location(Location),
    /// Contact cards.
    Contacts {
        /// The cards.
        cards: Vec<ContactCard>,
        /// Whether this answers a request for the phone number.
        #[serde(default)]
        requested: bool,
    },
    /// A tap on a reply button.
    ButtonReply(Choice),
    /// A choice from a list.
    ListReply(Choice),
    /// A tap on a quick-reply button of a template.
    TemplateReply {
        /// The developer's payload.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payload: Option<String>,
        /// The label.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// A form sent back: a WhatsApp Flow, an address, or another native form.
    FormReply {
        /// `flow`, `address_message` …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The text shown in the chat.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        /// What was filled in. Usually an object, but the customer's device has the last word: may be any JSON,
        /// and is a string if what came is not JSON.
        response: Value,
    },
    /// The answer to a request to be allowed to call.
    CallPermission {
        /// Whether calls are allowed.
        accepted: bool,
        /// Whether for ever.
        #[serde(default)]
        permanent: bool,
        /// Until when, if not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Timestamp>,
        /// `user_action` or `automatic`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
    },
    /// A cart.
    Order {
        /// The catalogue the items are of.
        catalog_id: String,
        /// What the customer wrote with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// The items.
        items: Vec<OrderItem>,
    },
    /// A reaction to a message, or its removal.
    Reaction {
        /// The message reacted to.
        message_id: MessageId,
        /// `None` removes the reaction.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emoji: Option<String>,
    },
    /// The person opened the chat for the first time.
    Welcome,
    /// Something came, and the platform does not say what. Under Coexistence (131060) the content exists only in the app.
    Unsupported {
        /// What it was (`poll`, `edit` …), when known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        what: Option<String>,
    },
    /// A place-holder in imported history for media that may follow.
    MediaPlaceholder,
    /// A type this version does not know, kept as it came.
    Other {
        /// The platform's name of the type.
        name: String,
        /// The object of that name, or the whole item where there is none.
        json: Value,
    },
}

impl Content {
    /// The text a person would read first: body, caption, or label.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text { body } => Some(body),
            Self::Media(media) => media.caption.as_deref(),
            Self::ButtonReply(choice) | Self::ListReply(choice) => Some(&choice.title),
            Self::TemplateReply { payload, text } => text.as_deref().or(payload.as_deref()),
            Self::FormReply { body, .. } => body.as_deref(),
            Self::Order { text, .. } => text.as_deref(),
            _ => None,
        }
    }
}

/// The kind of a media message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A sound file.
    Audio,
    /// A sound recorded in the app.
    Voice,
    /// A film.
    Video,
    /// Any other file.
    Document,
    /// A sticker.
    Sticker,
}

/// A file that came or was echoed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// What kind of file.
    pub kind: MediaKind,
    /// Meta's media id; good for seven days from receipt.
    pub id: String,
    /// MIME type, parameters included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// SHA-256 as sent: base64 in messages, hex in history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Where to fetch it with the bearer token; good for five minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The words under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// The name of a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Whether a sticker moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub animated: Option<bool>,
}

/// A place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// What the place is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// A page about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A tapped button or a chosen row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The developer's id of it.
    pub id: String,
    /// The label that the customer saw.
    pub title: String,
    /// The second line of a list row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// One line of a cart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderItem {
    /// The shop's id of the product (its SKU).
    pub product: String,
    /// How many.
    pub quantity: u32,
    /// Price of one, as a decimal: `7.99`. The platform says integer and sends decimals.
    pub price: String,
    /// ISO 4217.
    pub currency: String,
}

/// A contact card: what WhatsApp shows, and everything else as it came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ContactCard {
    /// The name on the card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Phone numbers as written, and the WhatsApp number where it is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<CardPhone>,
    /// The whole card as it came.
    pub json: Value,
}

/// A phone number on a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardPhone {
    /// As written by a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<String>,
    /// As WhatsApp knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<crate::Phone>,
}

/// What a message answers or forwards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// The message quoted or tapped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    /// Its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Contact>,
    /// Forwarded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forwarded: bool,
    /// Forwarded more than five times.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub frequently_forwarded: bool,
    /// The product whose page the question was asked from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<ReferredProduct>,
}

/// A product that a customer asks about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferredProduct {
    /// The catalogue.
    pub catalog_id: String,
    /// The shop's id of the product.
    pub product: String,
}

/// The ad or post that opened a chat.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    /// `ad` or `post`; open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_type: Option<String>,
    /// Meta's id of the ad or post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
    /// Its headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// Its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The click's id for conversion reports; absent for ads placed in Status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub click_id: Option<String>,
    /// `image` or `video`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Where its picture or film is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_url: Option<String>,
    /// Where its small picture is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    /// The greeting that the ad showed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub welcome_text: Option<String>,
    /// The advertiser's own reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}
