//! The vocabulary that every other crate of Ponte shares: events, messages, identifiers, time.
//!
//! No I/O, no async, no clock, no policy. Names follow `docs/architecture.md`. Nothing here spells a
//! field name of Meta's Graph API: translating to and from the platform is the job of `ponte-whatsapp`.

mod bytes;
mod closed;
pub mod consent;
mod contact;
mod content;
mod control;
mod delivery;
mod echo;
mod effect;
mod event;
mod ids;
mod money;
mod order;
mod outside;
mod owner;
mod phone;
mod platform;
mod refusal;
pub mod send;
pub mod template;
mod time;
mod wall;

pub use closed::WhenClosed;
pub use contact::{Contact, ContactName};
pub use content::*;
pub use control::{Control, ControlOrder};
pub use delivery::{DeliveryState, DeliveryStatus, PricedConversation, Pricing};
pub use echo::{AutomaticKind, EchoMeaning};
pub use effect::{Effect, HandOffTarget, LogLevel, LogLine, StateScope};
pub use event::{Body, Event, Lane, Origin, Schedule, Timer};
pub use ids::*;
pub use money::{Budget, Charge, Currency, Money, Scope, Stage};
pub use order::{Buyer, OrderState, OrderedItem, Parcel, Price, StoreOrder};
pub use outside::{
    AiAnswer, AiMessage, AiRequest, AiRole, FoundOrder, HttpHeader, HttpMethod, HttpOutcome, HttpReply, HttpRequest,
    HttpResponse, OutsideAnswer, OutsideCall,
};
pub use owner::Owner;
pub use platform::*;
pub use refusal::Refusal;
pub use time::Timestamp;
pub use wall::first_instant;
