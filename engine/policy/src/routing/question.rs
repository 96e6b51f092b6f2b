//! What the rules look at.

use ponte_model::{
    Body, ContactId, Content, Event, InstallationId, MediaKind, Message, NumberId, Owner, Phone, UserId,
};

use super::Candidate;

/// Everything that the rules look at.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// What happened.
    pub event: &'a Event,
    /// The number that it happened on, if it is registered.
    pub number: Option<NumberTraits<'a>>,
    /// Who speaks in the conversation, by the number's own terms.
    pub owner: Owner,
    /// The flow that holds the conversation, if one does.
    pub holder: Option<&'a InstallationId>,
    /// The person on the other side.
    pub person: Person<'a>,
    /// Whether nobody was heard of before in this conversation: the customer's first message, and none from the phone.
    pub first_contact: bool,
    /// The flow that the person may be answering: the last that wrote to them and wants to hear what they say to that.
    pub heard_last: Option<&'a InstallationId>,
    /// The template that the event answers, by its name, if it answers one of ours.
    pub campaign: Option<&'a str>,
    /// The flows that may be asked, in their order.
    pub candidates: &'a [Candidate<'a>],
}

/// What the operator said of a number.
#[derive(Clone, Copy, Debug)]
pub struct NumberTraits<'a> {
    /// Meta's id.
    pub id: &'a NumberId,
    /// Its sector: `support`, `billing` …
    pub sector: Option<&'a str>,
    /// Its unit: a shop, a franchisee.
    pub unit: Option<&'a str>,
    /// Whether it lives on the phone only.
    pub app_only: bool,
    /// Whether Meta has locked it: nothing could be sent in answer.
    pub locked: bool,
}

/// Who wrote.
#[derive(Clone, Copy, Debug, Default)]
pub struct Person<'a> {
    /// Ponte's id.
    pub id: Option<&'a ContactId>,
    /// The phone number.
    pub phone: Option<&'a Phone>,
    /// The BSUID.
    pub user_id: Option<&'a UserId>,
    /// Tags.
    pub tags: &'a [String],
}

impl Person<'_> {
    /// Everything that a list may name them by.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let id = self.id.map(|id| id.as_str());
        id.into_iter().chain(self.phone.map(|phone| phone.as_str())).chain(self.user_id.map(|id| id.as_str()))
    }
}

/// The message of an event, if it has one.
pub(super) fn message(event: &Event) -> Option<&Message> {
    match &event.body {
        Body::Message(message) | Body::Edit { message, .. } => Some(message),
        _ => None,
    }
}

/// The words for kinds of messages.
pub(super) const KINDS: &[&str] = &[
    "text",
    "media",
    "image",
    "audio",
    "voice",
    "video",
    "document",
    "sticker",
    "location",
    "contacts",
    "button",
    "list",
    "form",
    "call-permission",
    "order",
    "reaction",
    "welcome",
    "unsupported",
    "other",
    "edit",
    "revoke",
];

/// The kind of an event that rules are asked about.
pub(super) fn kind(event: &Event) -> &'static str {
    let message = match &event.body {
        Body::Message(message) => message,
        Body::Edit { .. } => return "edit",
        Body::Revoke { .. } => return "revoke",
        _ => return "other",
    };
    match &message.content {
        Content::Text { .. } => "text",
        Content::Media(media) => match media.kind {
            MediaKind::Image => "image",
            MediaKind::Audio => "audio",
            MediaKind::Voice => "voice",
            MediaKind::Video => "video",
            MediaKind::Document => "document",
            MediaKind::Sticker => "sticker",
        },
        Content::Location(_) => "location",
        Content::Contacts { .. } => "contacts",
        Content::ButtonReply(_) | Content::TemplateReply { .. } => "button",
        Content::ListReply(_) => "list",
        Content::FormReply { .. } => "form",
        Content::CallPermission { .. } => "call-permission",
        Content::Order { .. } => "order",
        Content::Reaction { .. } => "reaction",
        Content::Welcome => "welcome",
        Content::Unsupported { .. } => "unsupported",
        Content::MediaPlaceholder | Content::Other { .. } => "other",
    }
}

/// Whether a kind is a file.
pub(super) fn is_media(kind: &str) -> bool {
    matches!(kind, "image" | "audio" | "voice" | "video" | "document" | "sticker")
}
