//! From a message to the JSON of a send.
//!
//! [`check`] says whether Meta would take a message, as far as that can be known without asking: shapes, lengths,
//! counts. Whether it *may* be sent (window, consent, quotas, template status) is for `ponte-policy`. [`build`] puts
//! any message into Meta's words; it does not check again.

mod build;
mod check;

use ponte_model::MediaKind;
use ponte_model::send::Action;

pub use build::{build, mark_read};
pub use check::{check, check_send_id};

/// Meta's word for a kind of file in requests, where a voice message is audio with a mark.
fn media_word(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "image",
        MediaKind::Audio | MediaKind::Voice => "audio",
        MediaKind::Video => "video",
        MediaKind::Document => "document",
        MediaKind::Sticker => "sticker",
    }
}

/// Meta's word for the type of an interactive message.
fn action_word(action: &Action) -> &'static str {
    match action {
        Action::Buttons { .. } => "button",
        Action::List { .. } => "list",
        Action::OpenUrl { .. } => "cta_url",
        Action::Form(_) => "flow",
        Action::Product { .. } => "product",
        Action::Products { .. } => "product_list",
        Action::Catalog { .. } => "catalog_message",
        Action::Carousel { .. } => "carousel",
        Action::RequestLocation => "location_request_message",
        Action::RequestContact => "request_contact_info",
        Action::RequestCallPermission => "call_permission_request",
        Action::RequestAddress { .. } => "address_message",
        Action::Call { .. } => "voice_call",
        Action::OrderDetails { .. } => "order_details",
        Action::OrderStatus { .. } => "order_status",
    }
}
