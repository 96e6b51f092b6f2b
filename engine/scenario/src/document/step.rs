//! What happens: one step of a scenario.

use std::collections::BTreeMap;

use ponte_connect::AiLine;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Expect, FromText, HttpScript, Span, text_or};

/// One step. In the file: a map of one key.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Step {
    /// The customer writes, or sends something else.
    Customer(#[serde(deserialize_with = "text_or")] Saying),
    /// The customer writes lines one right after the other.
    Lines(Vec<String>),
    /// The customer taps the button or row with this label on the last message that has it.
    Tap(String),
    /// The owner writes from the phone.
    Phone(#[serde(deserialize_with = "text_or")] PhoneDoes),
    /// People on the API side take the conversation, or give it back.
    Team(TeamDoes),
    /// What became of the last message to the customer.
    Status(StatusIs),
    /// The store tells of an order: what is written here takes the place of what the default order says (`state`, `id`,
    /// `items` … as in docs/hooks.md). The same `event` twice is the same event, delivered again.
    Order(Map<String, Value>),
    /// The store says anything: a body as it is, signed or not.
    Hook(Hook),
    /// Another customer takes the phone, by its number; the chat goes on as theirs.
    As(String),
    /// Time passes: `25h`, `90m`, `30s`, `2d`.
    Advance(Span),
    /// Time passes until the shop's wall clock shows this: `18:00`, `mon 09:00` or `2026-11-25T09:00`.
    Until(String),
    /// The host is restarted: what is in hand is finished.
    Restart,
    /// The host dies at once, in the middle of what the step before set off, and is started again.
    Kill,
    /// What Meta does with the next sends.
    Api(Api),
    /// What becomes of the next webhooks on their way.
    Webhooks(WebhooksAre),
    /// All templates of the account get another status.
    Templates(String),
    /// Templates get another status: `order_paid: PAUSED`.
    Template(BTreeMap<String, String>),
    /// Something happens to the number.
    Number(NumberDoes),
    /// Meta delivers the last so many webhooks once more.
    Redeliver(usize),
    /// What web services answer from now on, besides what they answered so far.
    Http(HttpScript),
    /// What the model answers from now on.
    Ai(Vec<AiLine>),
    /// The shop changes its settings.
    Settings(Map<String, Value>),
    /// What must have come of it.
    Expect(Box<Expect>),
}

/// What a customer sends. A text alone, or one of these.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Saying {
    pub(crate) text: Option<String>,
    /// A picture, with its caption.
    pub(crate) image: Option<String>,
    /// A voice note, with what it says, for the reader of the file: nobody hears it.
    pub(crate) voice: Option<String>,
    /// A place, by its name.
    pub(crate) location: Option<String>,
    pub(crate) sticker: Option<String>,
    /// What Meta does not pass on, by its error code.
    pub(crate) unsupported: Option<i64>,
    /// The customer's last message now says this.
    pub(crate) edit: Option<String>,
    /// The customer's last message is deleted.
    pub(crate) revoke: Option<bool>,
    /// An emoji on the last message from the shop.
    pub(crate) reaction: Option<String>,
    /// The headline of the ad that led here; with `text`.
    pub(crate) referral: Option<String>,
}

impl FromText for Saying {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(Self { text: Some(text.to_owned()), ..Self::default() })
    }
}

/// What the owner does on the phone.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PhoneDoes {
    pub(crate) text: Option<String>,
    /// When Ponte hears of it: `early` (while what came before is still in hand), `late` (90 s), `missing`, or a delay.
    pub(crate) echo: Option<String>,
    /// The app answers by itself with this text from now on; an empty one ends that.
    pub(crate) away: Option<String>,
}

impl FromText for PhoneDoes {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(Self { text: Some(text.to_owned()), ..Self::default() })
    }
}

/// What people on the API side do.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TeamDoes {
    Take,
    Release,
}

/// What became of the last message.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StatusIs {
    /// It was read. (It is delivered by itself.)
    Read,
    /// It failed with this code of Meta's.
    Failed(i64),
}

/// A request to the store's hook.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Hook {
    pub(crate) body: Value,
    #[serde(default = "yes")]
    pub(crate) signed: bool,
    /// The HTTP status that it must be answered with.
    pub(crate) answer: Option<u16>,
}

fn yes() -> bool {
    true
}

/// What Meta does with sends from now on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Api {
    /// Answers with this error code.
    pub(crate) error: Option<i64>,
    /// Accepts, and lets it fail with this code later.
    pub(crate) failed: Option<i64>,
    /// Accepts and delivers, and the answer gets lost.
    #[serde(default)]
    pub(crate) timeout: bool,
    /// The request gets lost.
    #[serde(default)]
    pub(crate) lost: bool,
    /// With so many sends.
    pub(crate) next: Option<u32>,
}

/// What becomes of the next webhooks.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WebhooksAre {
    /// Each of so many is delivered twice.
    Double(u32),
    /// The first attempt at each of so many is lost; the retry comes a second later.
    Lose(u32),
    /// So many are kept back, and then delivered in another order; after 5 s in any case.
    Shuffle(usize),
    /// So many are kept back, and then delivered as one; after 5 s in any case.
    Together(usize),
}

/// What happens to the number.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NumberDoes {
    /// The owner changed phones: off the API until `reconnect`.
    Offboard,
    Reconnect,
    /// The link was ended.
    Disconnect,
    /// Meta lets it send no templates for so long.
    Restrict(Span),
    /// The operator pauses it.
    Pause,
    Resume,
}
