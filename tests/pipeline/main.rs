//! The pipeline against a simulated WhatsApp, over real HTTP.

mod consent;
mod faults;
mod hostile;
mod lifecycle;
mod once;
mod order;
mod phone;
mod time;
