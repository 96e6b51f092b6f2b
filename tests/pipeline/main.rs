//! The pipeline against a simulated WhatsApp, over real HTTP.

mod consent;
mod faults;
mod flows;
mod hostile;
mod lifecycle;
mod money;
mod once;
mod order;
mod phone;
mod routing;
mod templates;
mod time;
