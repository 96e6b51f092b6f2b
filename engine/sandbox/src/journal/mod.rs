//! What a run was told, written down, so that it can be run again exactly.
//!
//! A run is a pure function of its request and of what its broker answers. [`record`] wraps a broker and writes both
//! down while the run goes on; [`replay`] answers from what was written, in the same order, and names the first call
//! that is another one. Time, dice, WASI and limits follow from the request and need no record.
//!
//! ```text
//! RunRequest + Broker ── record ──► Recorder ─► run        Tape::close ──► bytes
//! bytes ── Recording::read ──► request + Replayer ─► run   ReplayLog ──► what was another call, what was not known
//! ```
//!
//! What is written is personal data: the event, what people said before, names, numbers.

mod ask;
mod known;
mod pack;
mod recorder;
mod recording;
mod replayer;
mod tape;

pub use recorder::{Tape, TooLarge, record};
pub use recording::{RecordedCall, Recording, Sealed, Unreadable, seal};
pub use replayer::{Beyond, Divergence, Nothing, Question, ReplayEnd, ReplayLog, Told, replay};

/// The form in which recordings are written. Older ones are read or refused with words, never misread.
pub const FORMAT: u8 = 1;
