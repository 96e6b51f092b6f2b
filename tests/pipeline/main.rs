//! The pipeline against a simulated WhatsApp, over real HTTP.

mod c;
mod consent;
mod contract;
mod debounce;
mod dialogs;
mod examples;
mod faults;
mod flows;
mod hostile;
mod javascript;
mod joins;
mod lifecycle;
mod money;
mod once;
mod order;
mod orders;
mod outbox;
mod outside;
mod ownership;
mod phone;
mod python;
mod replay;
mod routing;
mod templates;
mod time;
mod vip;
