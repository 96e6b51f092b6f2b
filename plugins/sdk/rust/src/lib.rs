//! Write flows for Ponte in Rust.
//!
//! A flow is a function from one event to what should happen. It runs in a fresh sandbox each time; what it asks
//! for is collected, checked by the host, and takes effect together with the acknowledgement of the event, or not
//! at all.
//!
//! ```no_run
//! use ponte_sdk::prelude::*;
//!
//! fn on_event(event: Event) -> Outcome {
//!     // Reactions, edits, timers … : not ours.
//!     let Some(words) = event.text() else { return Ok(()) };
//!
//!     // Typed state of this conversation, gone when it is not wanted any more.
//!     let memory = state::conversation();
//!     let seen: u32 = memory.get("seen")?.unwrap_or(0);
//!     memory.put("seen", &(seen + 1))?;
//!
//!     // A refusal is a value: react to it, or let `?` end the run.
//!     match reply(format!("You said {words:?}; that makes {}.", seen + 1)) {
//!         Ok(_) => Ok(()),
//!         Err(Refusal::WindowClosed) => Ok(info!("too late to answer")),
//!         Err(other) => Err(other.into()),
//!     }
//! }
//!
//! ponte_sdk::flow!(on_event);
//! # fn main() {}
//! ```
//!
//! # Building
//!
//! A flow is a `cdylib` for `wasm32-unknown-unknown`, encoded as a component. Give it a small stack in
//! `.cargo/config.toml`, so that fresh instances are cheap:
//!
//! ```toml
//! [target.wasm32-unknown-unknown]
//! rustflags = ["-Clink-arg=-zstack-size=65536"]
//! ```
//!
//! # What goes wrong, and what happens then
//!
//! | in the flow | for the host |
//! |---|---|
//! | `Ok(())` | all effects are committed with the event |
//! | [`Failure::retry`] | nothing is committed; the event comes again after that time |
//! | [`Failure::reject`], or `?` on any error | nothing is committed; the manifest's `[failure] reject` decides |
//! | a panic | the message and the place are logged at error level, then the run traps: `[failure] trap` decides |
//!
//! A panic cannot become a `reject`: guests are built with `panic = "abort"`, which unwinds nothing. The log line that
//! [`flow!`] writes before the trap is what the trace shows.
//!
//! # Testing
//!
//! Keep decisions in plain functions and call the host around them: decisions are then tested with `cargo test`, natively.
//! The functions of this crate that call the host work in the sandbox only, and panic elsewhere. Test the whole with a
//! scenario.

pub mod ai;
#[doc(hidden)]
pub mod bindings;
pub mod calendar;
pub mod contacts;
pub mod conversation;
pub mod dialog;
mod error;
mod event;
mod failure;
pub mod http;
pub mod language;
pub mod log;
pub mod orders;
mod refusal;
pub mod run;
pub mod schedule;
pub mod secrets;
pub mod send;
pub mod settings;
pub mod state;
pub mod texts;

pub use bindings::ponte::flow::events::{
    Body, Delivery, Edit, Event, Message, OrderState, OrderedItem, Parcel, Price, Receipt, Referral, StoreOrder, Timer,
};
pub use bindings::ponte::flow::types::{
    Choice, Content, FormReply, Invalid, Location, Media, MediaKind, Order, OrderLine, Other, Reaction,
};
pub use error::Error;
pub use failure::{Failure, Outcome};
pub use language::Language;
pub use refusal::Refusal;
pub use send::{reply, reply_buttons, reply_list};

/// A moment: milliseconds since the Unix epoch, UTC.
pub type Instant = u64;

/// A length of time in seconds.
pub type Seconds = u32;

/// Everything a flow usually needs.
pub mod prelude {
    pub use crate::log::Level;
    pub use crate::send::Row;
    pub use crate::{
        Body, Content, Error, Event, Failure, Instant, Language, MediaKind, Message, Outcome, Refusal, Seconds,
        calendar, contacts, conversation, debug, error, info, language, reply, reply_buttons, reply_list, run,
        schedule, send, settings, state, text, texts, trace, warn,
    };
}

/// Makes a function the flow's handler: `flow!(on_event)` with `fn on_event(event: Event) -> Outcome`.
///
/// Outside WebAssembly it only checks the function's type: the names of a component's exports are not fit for the
/// shared libraries of other systems, and tests need none.
#[macro_export]
macro_rules! flow {
    ($handler:path) => {
        const _: fn($crate::Event) -> $crate::Outcome = $handler;

        #[cfg(target_family = "wasm")]
        const _: () = {
            struct Flow;
            impl $crate::__private::Guest for Flow {
                fn on_event(event: $crate::Event) -> Result<(), $crate::__private::WireFailure> {
                    $crate::__private::handle(event, $handler)
                }
            }
    $crate::__private::export!(Flow with_types_in $crate::bindings);
        };
    };
}

/// What [`flow!`] expands to. Not part of the crate's interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::bindings::export;
    pub use crate::bindings::exports::ponte::flow::handler::{Failure as WireFailure, Guest};
    pub use crate::failure::handle;
}
