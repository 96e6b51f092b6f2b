//! The pipeline against a simulated WhatsApp, over real HTTP.

mod c;
mod consent;
mod contract;
mod debounce;
mod faults;
mod flows;
mod hostile;
mod joins;
mod lifecycle;
mod money;
mod once;
mod order;
mod orders;
mod outbox;
mod ownership;
mod phone;
mod python;
mod routing;
mod templates;
mod time;
mod vip;
