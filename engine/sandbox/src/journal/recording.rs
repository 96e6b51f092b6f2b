//! A recording as it is stored, and read back.
//!
//! ```text
//! byte 0       FORMAT
//! byte 1       how the text is packed
//! bytes 2–5    the text's length, little endian
//! bytes 6–37   the seed of the run's dice
//! bytes 38–53  how the run ended: see `Sealed`
//! the rest     the text: lines, the first of which is the request, the second the facts of the beginning
//! ```

use ponte_model::{ContactId, Effect, Event, RunId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::known::Known;
use super::tape::{self, Line};
use super::{FORMAT, ask, pack};
use crate::{ConversationFacts, Outcome, PermissionSet, PhoneView, RunRequest};

/// Bytes before the text.
const HEAD: usize = 54;

/// The version of the host, for the story: another one may answer or bound otherwise.
const HOST: &str = env!("CARGO_PKG_VERSION");

/// The request, as it is written; the seed is in the head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Header<'a> {
    ponte: std::borrow::Cow<'a, str>,
    run: std::borrow::Cow<'a, RunId>,
    contact: std::borrow::Cow<'a, Option<ContactId>>,
    attempt: u32,
    permissions: PermissionSet,
    /// What the run might use, in bytes: a manifest may ask for less than the host allows.
    memory: usize,
    event: std::borrow::Cow<'a, Event>,
}

impl<'a> Header<'a> {
    pub(super) fn of(request: &'a RunRequest, memory: usize) -> Self {
        use std::borrow::Cow::Borrowed;
        Self {
            ponte: Borrowed(HOST),
            run: Borrowed(&request.run),
            contact: Borrowed(&request.contact),
            attempt: request.attempt,
            permissions: request.permissions,
            memory,
            event: Borrowed(&request.event),
        }
    }
}

/// How a run ended and what it asked for, in 16 bytes: equal if, and only if, they are the same bit for bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed([u8; 16]);

impl Sealed {
    /// Of a run that ended so and asked for these.
    pub fn of(outcome: &Outcome, effects: &[Effect]) -> Self {
        struct Hash(Sha256);
        impl std::io::Write for Hash {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.update(bytes);
                Ok(bytes.len())
            }

            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let mut hash = Hash(Sha256::new_with_prefix(outcome.code()));
        match outcome {
            Outcome::Retry { after_secs } => hash.0.update(after_secs.to_le_bytes()),
            Outcome::Rejected { reason } => hash.0.update(reason),
            Outcome::Done | Outcome::Stopped(_) => {}
        }
        serde_json::to_writer(&mut hash, effects).expect("effects are plain data");
        let digest = hash.0.finalize();
        Self(std::array::from_fn(|index| digest[index]))
    }
}

/// A recording from its lines ([`Recording::text`]). For tests, and for whoever masks what people wrote.
pub fn seal(text: &str, seed: &[u8; 32], sealed: &Sealed) -> Vec<u8> {
    seal_with(text.as_bytes(), seed, sealed)
}

pub(super) fn seal_with(text: &[u8], seed: &[u8; 32], sealed: &Sealed) -> Vec<u8> {
    let (way, body) = pack::pack(text);
    let mut bytes = Vec::with_capacity(HEAD + body.len());
    bytes.extend_from_slice(&[FORMAT, way]);
    // The writer's bound is far below.
    bytes.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend_from_slice(seed);
    bytes.extend_from_slice(&sealed.0);
    bytes.extend_from_slice(&body);
    bytes
}

/// Why a recording cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Made by a later version.
    #[error(
        "the recording has format {0}, and this ponte reads formats up to {FORMAT}: use the ponte that made it, or a later one"
    )]
    Format(u8),
    /// Damaged.
    #[error("the recording is damaged: {0}")]
    Damaged(String),
}

fn damaged(why: impl ToString) -> Unreadable {
    Unreadable::Damaged(why.to_string())
}

/// A recording, read back.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The request of the run.
    pub request: RunRequest,
    /// How much memory it might use, in bytes.
    pub memory: usize,
    /// How it ended.
    pub sealed: Sealed,
    /// The version of the host that made it.
    pub host: String,
    pub(super) known: Known,
    pub(super) lines: Vec<Line>,
    text: String,
}

/// A call, for people. What was asked and answered is JSON as the recorder writes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordedCall {
    /// `state`, `propose`, `text` …; names with a dot are calls of the contract that needed no answer from outside, such as
    /// `state.put`.
    pub name: String,
    /// What was asked.
    pub asked: Value,
    /// What was answered; of a name with a dot the refusal, or null.
    pub answered: Value,
}

impl Recording {
    /// Reads what [`super::Tape::close`] wrote.
    ///
    /// # Errors
    /// It is damaged, or of a later format.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        match bytes.first() {
            Some(&FORMAT) => {}
            Some(&other) => return Err(Unreadable::Format(other)),
            None => return Err(damaged("it is empty")),
        }
        let head: &[u8; HEAD] = bytes.first_chunk().ok_or_else(|| damaged("it is cut off"))?;
        let part = |from: usize| &head[from..];
        let len = u32::from_le_bytes(std::array::from_fn(|index| part(2)[index]));
        let text = pack::unpack(head[1], &bytes[HEAD..], len as usize).map_err(damaged)?;
        let text = String::from_utf8(text).map_err(damaged)?;
        let mut lines = tape::read(&text).map_err(damaged)?.into_iter();
        let (Some(first), Some(second)) = (lines.next(), lines.next()) else {
            return Err(damaged("it has no beginning"));
        };
        let header: Header<'_> = serde_json::from_str(&first.asked).map_err(damaged)?;
        let known: Known = serde_json::from_str(&second.answered).map_err(damaged)?;
        let request = RunRequest {
            run: header.run.into_owned(),
            event: header.event.into_owned(),
            contact: header.contact.into_owned(),
            attempt: header.attempt,
            random_seed: std::array::from_fn(|index| part(6)[index]),
            permissions: header.permissions,
        };
        let sealed = Sealed(std::array::from_fn(|index| part(38)[index]));
        Ok(Self {
            request,
            memory: header.memory,
            sealed,
            host: header.ponte.into_owned(),
            known,
            lines: lines.collect(),
            text,
        })
    }

    /// What was asked and answered, in order, for people.
    pub fn calls(&self) -> Vec<RecordedCall> {
        let value = |json: &str| serde_json::from_str(json).unwrap_or(Value::Null);
        let calls = self.lines.iter().map(|line| RecordedCall {
            name: line.name.strip_prefix(ask::TOLD).unwrap_or(&line.name).to_owned(),
            asked: value(&line.asked),
            answered: value(&line.answered),
        });
        calls.collect()
    }

    /// The conversation as the run began; `None` where there was none.
    pub fn conversation(&self) -> Option<&ConversationFacts> {
        self.known.conversation.as_ref()
    }

    /// How the phone was seen.
    pub fn phone(&self) -> PhoneView {
        self.known.phone
    }

    /// The lines as they were written, before they were packed.
    pub fn text(&self) -> &str {
        &self.text
    }
}
