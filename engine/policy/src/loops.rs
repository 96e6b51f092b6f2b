//! Two machines that answer each other for ever, and how that is seen.
//!
//! A turn is a customer's message after a flow has said something. A machine could have taken it if it came faster than
//! a person types, or says what was said a moment ago. Any other message is a person's, and counting begins anew. So do
//! somebody on the phone and a long silence.

use std::time::Duration;

use ponte_model::{Content, Message, Timestamp};
use serde::{Deserialize, Serialize};

/// When a conversation is taken for one between machines. Ponte's own figures: no source names any (requirements 1.8:
/// "N automated turns without human-like change").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoopRules {
    /// So many turns in a row that a machine could have taken; 0: never.
    pub turns: u32,
    /// All of them within so long.
    pub within: Duration,
    /// What comes sooner after a flow's message was not typed by a person, ...
    pub fast: Duration,
    /// ... and so much sooner for each of its letters.
    pub fast_per_letter: Duration,
    /// Texts of fewer letters are said again by people too: `1`, `sim`, `obrigada`.
    pub telling: usize,
    /// After so long a silence of the other side, automation may speak again.
    pub pause: Duration,
}

/// The rules in force, save that the operator may set `turns`.
pub const LOOP: LoopRules = LoopRules {
    turns: 10,
    within: Duration::from_secs(10 * 60),
    fast: Duration::from_secs(1),
    fast_per_letter: Duration::from_millis(50),
    telling: 12,
    pause: Duration::from_secs(3600),
};

/// So many of the last texts are compared with: a machine may take turns among a few.
const COMPARED: usize = 4;

/// What is remembered of who took the last turns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Turns {
    /// Turns in a row that a machine could have taken.
    #[serde(skip_serializing_if = "is_zero")]
    pub count: u32,
    /// When the first of them was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When a flow said something to which nothing was answered yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// Fingerprints of the last texts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<u32>,
    /// Since when automation is silent here, because a machine seems to answer it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken_at: Option<Timestamp>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Turns {
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The customer wrote; `before` is when they last did.
    pub(crate) fn heard(&mut self, message: &Message, at: Timestamp, before: Option<Timestamp>) {
        if before.is_some_and(|before| at.since(before) >= LOOP.pause) {
            *self = Self::default();
        }
        let text = match &message.content {
            Content::Text { body } => body.as_str(),
            _ => "",
        };
        let letters = text.chars().filter(|letter| letter.is_alphanumeric()).count();
        let print = fingerprint(text);
        let told = letters >= LOOP.telling;
        let repeated = told && self.said.contains(&print);
        if told && !repeated {
            self.said.push(print);
            let excess = self.said.len().saturating_sub(COMPARED);
            self.said.drain(..excess);
        }
        // Several messages in a row are one turn at most.
        let Some(answered) = self.answered_at.take() else { return };
        let typing = LOOP.fast + LOOP.fast_per_letter * u32::try_from(letters).unwrap_or(u32::MAX).min(1_000);
        let fast = letters > 0 && at.since(answered) < typing;
        let fresh = self.since.is_some_and(|since| at.since(since) <= LOOP.within);
        (self.count, self.since) = match (fast || repeated, fresh) {
            (false, _) => (0, None),
            (true, true) => (self.count.saturating_add(1), self.since),
            (true, false) => (1, Some(at)),
        };
    }

    /// A flow says something.
    pub(crate) fn answered(&mut self, now: Timestamp) {
        self.answered_at = self.answered_at.max(Some(now));
    }

    /// Whether this is the turn at which automation has to stop.
    pub fn break_now(&self, rules: &LoopRules) -> bool {
        self.broken_at.is_none() && rules.turns > 0 && self.count >= rules.turns
    }
}

/// The same for texts that differ in nothing but case, marks, spaces and numbers.
fn fingerprint(text: &str) -> u32 {
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).flat_map(char::to_lowercase);
    // FNV-1a.
    letters.fold(0x811c_9dc5, |hash: u32, letter| (hash ^ u32::from(letter)).wrapping_mul(0x0100_0193))
}
