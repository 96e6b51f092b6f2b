//! The pipeline against a simulated WhatsApp, over real HTTP.

mod consent;
mod faults;
mod hostile;
mod lifecycle;
mod money;
mod once;
mod order;
mod outbox;
mod phone;
mod routing;
mod templates;
mod time;
