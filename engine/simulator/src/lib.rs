//! A WhatsApp on loopback, for scenarios, tests, demos and load.
//!
//! [`Simulator`] speaks Meta's wire format over real HTTP on both sides: a Cloud API to send to, and webhooks that
//! it signs, retries and may lose, double or reorder ([`FaultPlan`]). Behind it live people: [`Customer`]s with a
//! phone, and the owner of the number with the WhatsApp Business app ([`BusinessPhone`]).
//!
//! It enforces the platform's rules by tables of its own and shares none with `ponte-policy` or `ponte-whatsapp`:
//! only so can it disagree with them. What it refuses is kept ([`Simulator::refusals`]), so that a test can say
//! "WhatsApp never had to refuse".
//!
//! Every decision and delay is on the [`Clock`](ponte_clock::Clock) it is given; HTTP itself takes real time.
//!
//! ```no_run
//! # async fn story() -> Result<(), Box<dyn std::error::Error>> {
//! use std::{sync::Arc, time::Duration};
//! use ponte_clock::SystemClock;
//! use ponte_simulator::{Config, NumberSetup, Simulator, Waba};
//!
//! let shop = NumberSetup::coexistence("106540352242922", "5511940000000", "token");
//! let config = Config::new("app secret", "verify token").waba(Waba::new("102290129340398").number(shop));
//! let whatsapp = Simulator::start(config, Arc::new(SystemClock)).await?;
//! whatsapp.set_webhook_url("http://127.0.0.1:8080/webhook")?;
//! whatsapp.verify_webhook().await?;
//! whatsapp.customer("5511999990000").writes("oi").await;
//! whatsapp.wait_until(|log| log.counts().sends == 1, Duration::from_secs(5)).await?;
//! # Ok(()) }
//! ```

mod agenda;
mod config;
mod faults;
mod hub;
mod ids;
mod inside;
mod people;
mod rules;
mod server;
mod simulator;
mod template;
mod transcript;
mod webhooks;
mod world;

pub use config::{Config, Mode, NumberSetup, RetryPlan, StatusPlan, Waba, WindowRefusal};
pub use faults::{FaultPlan, Hold, Odds, Release, SendFaults, WebhookFaults};
pub use people::{AutoReply, BusinessPhone, Choice, Customer, Received, Writer};
pub use simulator::{HandshakeFailed, Simulator, StartError};
pub use template::{Template, TemplateButton, TemplateHeader};
pub use transcript::{Counts, Entry, Log, TimedOut, What};
