//! How the questions to a broker are written: one place for the recorder, the replayer and whoever reads the story.

use ponte_model::send::{Outbound, Payload};
use ponte_model::{ContactId, MessageId, StateScope, Timestamp};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

pub(super) const PROPOSE: &str = "propose";
pub(super) const AMENDED: &str = "amended";
pub(super) const STATE: &str = "state";
pub(super) const CONTACT: &str = "contact";
pub(super) const NAMED: &str = "named";
pub(super) const CONVERSATION: &str = "conversation";
pub(super) const MAY_HOLD: &str = "may-hold";
pub(super) const AUTOMATIC: &str = "automatic";
pub(super) const RECENT: &str = "recent";
pub(super) const BURST: &str = "burst";
pub(super) const PHONE: &str = "phone";
pub(super) const PERIOD: &str = "period";
pub(super) const LOCAL_TIME: &str = "local-time";
pub(super) const SETTING: &str = "setting";
pub(super) const TEXT: &str = "text";
pub(super) const OUTSIDE: &str = "outside";

/// The facts of the beginning; no question.
pub(super) const KNOWN: &str = "known";
/// Stands before the name of a call of the contract that needed no answer from the broker; no question.
pub(super) const TOLD: char = '!';

pub(super) fn propose<'a>(
    to: &'a ContactId,
    message: &'a Payload,
    quoted: Option<&'a MessageId>,
) -> impl Serialize + use<'a> {
    (to, message, quoted)
}

/// Its digest alone: the message itself is among the effects.
pub(super) fn amended(message: &Outbound) -> impl Serialize + use<> {
    let json = serde_json::to_vec(message).expect("messages are plain data");
    let digest = Sha256::digest(json);
    (hex::encode(&digest[..8]),)
}

pub(super) fn state(scope: StateScope, key: &str) -> impl Serialize + use<'_> {
    (scope, key)
}

pub(super) fn contact(id: &ContactId) -> impl Serialize + use<'_> {
    (id,)
}

pub(super) fn named(setting: &str) -> impl Serialize + use<'_> {
    (setting,)
}

pub(super) fn recent(most: u32) -> impl Serialize + use<> {
    (most,)
}

pub(super) fn at(moment: Timestamp) -> impl Serialize + use<> {
    (moment.as_millis(),)
}

pub(super) fn setting(key: &str) -> impl Serialize + use<'_> {
    (key,)
}

pub(super) fn text<'a>(key: &'a str, language: &'a str) -> impl Serialize + use<'a> {
    (key, language)
}

/// Bytes as JSON: text where they are, which most are, else hex.
#[derive(Clone, Debug, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Bytes {
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "x")]
    Hex(String),
}

impl Bytes {
    pub(super) fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Hex(hex::encode(bytes)),
        }
    }

    pub(super) fn into_bytes(self) -> Option<Vec<u8>> {
        match self {
            Self::Text(text) => Some(text.into_bytes()),
            Self::Hex(digits) => hex::decode(digits).ok(),
        }
    }
}
