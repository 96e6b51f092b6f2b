//! What is written on the phone and is not simply somebody's word: keywords that give a conversation back, and the
//! greeting and away texts that the app sends by itself.
//!
//! A text is never evidence that something is Ponte's own: that is known by ids alone.

mod learned;
mod words;

pub use learned::{Heard, Learned, Sighting};
pub use words::PhoneWords;
