//! Outgoing messages, before they are put into the platform's words.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Contact, Location, MediaKind, MessageId, Phone, UserId};

/// An outgoing message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outbound {
    /// To whom.
    pub to: Recipient,
    /// The message it quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    /// What it says.
    pub payload: Payload,
}

/// Whom a message goes to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// Somebody by phone.
    Phone(Phone),
    /// Somebody by BSUID.
    User(UserId),
    /// A group.
    Group(String),
}

impl Recipient {
    /// How to reach a contact: by phone where known (every kind of message may go there), else by BSUID.
    pub fn of(contact: &Contact) -> Option<Self> {
        contact.phone.clone().map(Self::Phone).or_else(|| contact.user_id.clone().map(Self::User))
    }
}

/// What an outgoing message says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Payload {
    /// Plain text.
    Text {
        /// The text.
        body: String,
        /// Whether to show a preview of the first link.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        preview_url: Option<bool>,
    },
    /// A file.
    Media(OutboundMedia),
    /// A place.
    Location(Location),
    /// Contact cards, in the platform's shape.
    Contacts {
        /// The cards.
        cards: Vec<Value>,
    },
    /// A reaction.
    Reaction {
        /// The message reacted to.
        message_id: MessageId,
        /// The emoji; empty removes the reaction.
        emoji: String,
    },
    /// Something to tap.
    Interactive(Box<Interactive>),
    /// An approved template.
    Template(Template),
}

impl Payload {
    /// Whether it may be sent only while the customer-service window is open: everything but templates.
    pub fn is_free_form(&self) -> bool {
        !matches!(self, Self::Template(_))
    }

    /// The words that its reader sees, as far as they are its own.
    pub fn words(&self) -> String {
        match self {
            Self::Text { body, .. } => body.clone(),
            Self::Interactive(interactive) => interactive.body.clone().unwrap_or_default(),
            Self::Media(media) => media.caption.clone().unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// The word for it in logs, metrics and the store.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Media(_) => "media",
            Self::Location(_) => "location",
            Self::Contacts { .. } => "contacts",
            Self::Reaction { .. } => "reaction",
            Self::Interactive(_) => "interactive",
            Self::Template(_) => "template",
        }
    }
}

/// A file to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboundMedia {
    /// What kind of file; `Voice` is sent as audio marked as a voice message.
    pub kind: MediaKind,
    /// Where it is.
    pub source: MediaSource,
    /// The words under it; images, videos and documents only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// The name of a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
}

/// Where a file to send is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaSource {
    /// Uploaded before; good for 30 days.
    Id(String),
    /// A public address that Meta fetches and caches for 10 minutes.
    Link(String),
}

/// A message with something to tap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interactive {
    /// What stands above the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// The text; only product messages may go without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The small print below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// What there is to tap.
    pub action: Action,
}

/// What stands above an interactive message or a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Header {
    /// Words.
    Text(String),
    /// An image, a video or a document.
    Media(OutboundMedia),
}

/// What there is to tap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Action {
    /// One to three reply buttons.
    Buttons {
        /// The buttons.
        buttons: Vec<Button>,
    },
    /// A list behind a button.
    List {
        /// The label of the button that opens it.
        button: String,
        /// The sections.
        sections: Vec<Section>,
    },
    /// A button that opens a page.
    OpenUrl {
        /// The label.
        label: String,
        /// The address.
        url: String,
    },
    /// A WhatsApp Flow (a form).
    Form(Form),
    /// One product.
    Product {
        /// The catalogue.
        catalog_id: String,
        /// The shop's id of the product.
        product: String,
    },
    /// Several products.
    Products {
        /// The catalogue.
        catalog_id: String,
        /// The sections.
        sections: Vec<ProductSection>,
    },
    /// The whole catalogue.
    Catalog {
        /// The product whose picture is shown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thumbnail: Option<String>,
    },
    /// Cards side by side.
    Carousel {
        /// The cards.
        cards: Vec<Card>,
    },
    /// Asks where the customer is.
    RequestLocation,
    /// Asks for the customer's phone number.
    RequestContact,
    /// Asks for permission to call.
    RequestCallPermission,
    /// Asks for a postal address.
    RequestAddress {
        /// ISO country; the platform offers this in India.
        country: String,
        /// Values, saved addresses and validation errors, in the platform's shape.
        #[serde(default)]
        details: serde_json::Map<String, Value>,
    },
    /// A button that starts a call.
    Call {
        /// The label.
        label: String,
        /// How long it works, in minutes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ttl_minutes: Option<u32>,
        /// What comes back with the call.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payload: Option<String>,
    },
    /// An order to review and pay (Brazil, India), in the platform's shape.
    OrderDetails {
        /// The order.
        parameters: Value,
    },
    /// The state of such an order.
    OrderStatus {
        /// The reference given in the order's details.
        reference: String,
        /// `processing`, `shipped` …
        status: String,
        /// Words about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
}

/// A reply button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What comes back when it is tapped.
    pub id: String,
    /// The label.
    pub title: String,
}

/// A section of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// The heading; required where there is more than one section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A row of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What comes back when it is chosen.
    pub id: String,
    /// The label.
    pub title: String,
    /// The second line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A section of products.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductSection {
    /// The heading; required where there is more than one section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The shop's ids of the products.
    pub products: Vec<String>,
}

/// A card of a carousel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Card {
    /// A picture or film, words, and a button that opens a page.
    OpenUrl {
        /// The picture or film.
        header: OutboundMedia,
        /// The words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        /// The label of the button.
        label: String,
        /// The address.
        url: String,
    },
    /// A product.
    Product {
        /// The catalogue.
        catalog_id: String,
        /// The shop's id of the product.
        product: String,
    },
}

/// A WhatsApp Flow to open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// Which form.
    pub form: FormRef,
    /// The label of the button.
    pub label: String,
    /// Comes back with the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// `draft` or `published`; the platform takes `published` where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// `navigate` or `data_exchange`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_action: Option<String>,
    /// First screen and its data, in the platform's shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_action_payload: Option<Value>,
}

/// Which WhatsApp Flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormRef {
    /// By Meta's id.
    Id(String),
    /// By name.
    Name(String),
}

/// An approved template, filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Its language, with an underscore: `pt_BR`.
    pub language: String,
    /// What fills it in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<TemplateComponent>,
}

impl Template {
    /// A template whose body takes the given words in order.
    pub fn positional<S: Into<String>>(
        name: impl Into<String>,
        language: impl Into<String>,
        body: impl IntoIterator<Item = S>,
    ) -> Self {
        let parameters: Vec<_> = body.into_iter().map(|text| Parameter::text(text.into())).collect();
        let components = if parameters.is_empty() { Vec::new() } else { vec![TemplateComponent::Body { parameters }] };
        Self { name: name.into(), language: language.into(), components }
    }
}

/// A part of a template, filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TemplateComponent {
    /// What stands above the text.
    Header {
        /// At most one.
        parameters: Vec<Parameter>,
    },
    /// The text.
    Body {
        /// In the order of the template, or named.
        parameters: Vec<Parameter>,
    },
    /// A button that takes a value.
    Button {
        /// `quick_reply`, `url`, `copy_code`, `flow`, `catalog`, `mpm`, `voice_call` …
        sub_type: String,
        /// Its position among all buttons, from 0.
        index: u8,
        /// The value.
        parameters: Vec<Parameter>,
    },
    /// A limited-time offer.
    LimitedTimeOffer {
        /// When it ends, in milliseconds since the epoch.
        expires_at_ms: i64,
    },
    /// Cards side by side; each card has components of its own.
    Carousel {
        /// The cards.
        cards: Vec<Vec<TemplateComponent>>,
    },
}

/// A value for a place in a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// The place's name, in templates with named parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The value.
    pub value: ParameterValue,
}

impl Parameter {
    /// Words for the next place.
    pub fn text(text: impl Into<String>) -> Self {
        Self { name: None, value: ParameterValue::Text(text.into()) }
    }

    /// Words for a named place.
    pub fn named(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: Some(name.into()), value: ParameterValue::Text(text.into()) }
    }
}

/// A value for a place in a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterValue {
    /// Words.
    Text(String),
    /// An amount of money.
    Currency {
        /// What is shown where the amount cannot be formatted.
        fallback: String,
        /// ISO 4217.
        code: String,
        /// The amount times 1,000.
        amount_1000: i64,
    },
    /// A date; `json` holds further parts in the platform's shape.
    DateTime {
        /// What is shown.
        fallback: String,
        /// Calendar, day, month …
        #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
        parts: serde_json::Map<String, Value>,
    },
    /// An image, video or document.
    Media(OutboundMedia),
    /// A place.
    Location(Location),
    /// What a quick reply brings back.
    Payload(String),
    /// A coupon to copy.
    CouponCode(String),
    /// What a catalogue, product list or form button does, in the platform's shape.
    Action(Value),
    /// How long a call button works.
    TtlMinutes(u32),
}
