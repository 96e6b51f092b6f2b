//! What the runtime answers while a guest runs.

use async_trait::async_trait;
use ponte_model::send::{Outbound, Payload, Recipient};
use ponte_model::{
    ContactId, Content, HandOffTarget, MessageId, Origin, OutsideAnswer, OutsideCall, Owner, Phone, Refusal,
    StateScope, Timestamp,
};
use serde::{Deserialize, Serialize};

/// Answers a guest's questions over a snapshot and the policy. Implemented by the runtime.
///
/// The sandbox has checked permissions and the run's own limits before it asks. A refusal is handed to the guest
/// as a value. A broker must answer the same when the run is repeated over the same snapshot.
#[async_trait]
pub trait Broker: Send {
    /// The verdict on a message to `to`; the address to use if it may be sent. `quoted` is the message it quotes,
    /// where that is known at the call.
    async fn propose(
        &mut self,
        to: &ContactId,
        message: &Payload,
        quoted: Option<&MessageId>,
    ) -> Result<Recipient, Refusal>;

    /// Checks a message again that was proposed before and then amended: header, footer, quoted message.
    ///
    /// # Errors
    /// Why the amendment is not possible; it is then taken back.
    fn amended(&mut self, message: &Outbound) -> Result<(), Refusal>;

    /// A value of the snapshot. Only asked where the run has not written the key itself.
    async fn state(&mut self, scope: StateScope, key: &str) -> Result<Option<Vec<u8>>, Refusal>;

    /// A person.
    async fn contact(&mut self, id: &ContactId) -> Result<Option<ContactRecord>, Refusal>;

    /// What is known of the event's conversation; `None` where it has none.
    fn conversation(&self) -> Option<ConversationFacts>;

    /// Whether the flow may keep the conversation for itself.
    ///
    /// # Errors
    /// A person speaks there, or another flow holds it.
    fn may_hold(&self) -> Result<(), Refusal>;

    /// What the business app says by itself in the conversation.
    fn automatic(&self) -> AutomaticTexts;

    /// The last messages before the event, oldest first, at most `most`.
    async fn recent(&mut self, most: u32) -> Result<Vec<PastMessage>, Refusal>;

    /// What the run answers, oldest first: the lines of a burst, or the event's own message. Empty where the event is no
    /// message.
    fn burst(&self) -> Vec<PastMessage> {
        Vec::new()
    }

    /// How the phone of the event's number is seen.
    fn phone(&self) -> PhoneView {
        PhoneView::None
    }

    /// The run hands the conversation over: what it says from now on is judged accordingly.
    fn handed_off(&mut self, _to: HandOffTarget, _note: &str) {}

    /// The people whom the shop named in a setting, by their phone numbers.
    ///
    /// # Errors
    /// There is no such setting, it holds no phone numbers, or the store cannot be asked.
    async fn named(&mut self, setting: &str) -> Result<Vec<ContactRecord>, Refusal> {
        Err(Refusal::invalid("setting", format!("there is no setting `{setting}`")))
    }

    /// Asks somebody outside: a web service, a store, a model. The one way out of a run. The answer is of the kind that
    /// fits the call. It may take long: the sandbox bounds how long a run waits in all.
    ///
    /// # Errors
    /// Why there is no answer.
    async fn outside(&mut self, call: OutsideCall) -> Result<OutsideAnswer, Refusal> {
        Err(Refusal::Denied { permission: call.name().split('.').next().unwrap_or_default().to_owned() })
    }

    /// The run waits no longer for an answer of [`Broker::outside`], which was dropped: `refusal` is what the guest is told
    /// instead. For whoever keeps the answers.
    fn gave_up(&mut self, _call: &OutsideCall, _refusal: &Refusal) {}

    /// The shop's open or closed period around a moment.
    ///
    /// # Errors
    /// The installation has no hours, or the moment is out of reach.
    fn period(&self, at: Timestamp) -> Result<Period, Refusal>;

    /// The shop's wall clock at a moment.
    ///
    /// # Errors
    /// The installation has no time zone, or the moment is out of reach.
    fn local_time(&self, at: Timestamp) -> Result<LocalTime, Refusal>;

    /// A setting as JSON. Dots go deeper.
    fn setting(&self, key: &str) -> Option<String>;

    /// A text of the flow's package, in the language that fits best.
    fn text(&self, key: &str, language: &str) -> Option<String>;

    /// How a call of the contract ended, such as `state.put`, once the guest is told. For whoever keeps the story.
    fn told(&mut self, _call: &str, _refusal: Option<&Refusal>) {}
}

/// Whether a person sits at a phone with a number, and whether what they write there is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PhoneView {
    /// On a phone too, and mirrored.
    Seen,
    /// On a phone too, and not mirrored.
    Unseen,
    /// On no phone.
    None,
}

/// What is known of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactRecord {
    /// Ponte's id.
    pub id: ContactId,
    /// What they call themselves.
    pub name: Option<String>,
    /// The WhatsApp username.
    pub username: Option<String>,
    /// Missing for people with a username.
    pub phone: Option<Phone>,
    /// Tags of this tenant.
    pub tags: Vec<String>,
}

/// What is known of a conversation at the event's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationFacts {
    /// Who speaks.
    pub owner: Owner,
    /// Until when free-form messages may be sent; `None`: the window is closed.
    pub window_until: Option<Timestamp>,
    /// The customer's message before this one.
    pub last_customer_message: Option<Timestamp>,
    /// The last thing that somebody wrote from the phone.
    pub last_app_message: Option<Timestamp>,
    /// How many messages the customer wrote so far, this one included.
    pub customer_messages: u32,
}

/// What the business app says by itself: greetings and away texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutomaticTexts {
    /// Whether it is known to send an away text on this number.
    pub away_expected: bool,
    /// When it last wrote by itself in this conversation.
    pub last: Option<Timestamp>,
    /// When it last wrote what may be its away text.
    pub last_away: Option<Timestamp>,
}

/// A message before the event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastMessage {
    /// WhatsApp's id.
    pub id: MessageId,
    /// When.
    pub at: Timestamp,
    /// Who wrote.
    pub origin: Origin,
    /// What it says.
    pub content: Content,
}

/// A stretch of time in which the shop is open, or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Whether it is open.
    pub open: bool,
    /// When the period began; `None` if it always was so.
    pub since: Option<Timestamp>,
    /// When it ends; `None` if it never does.
    pub until: Option<Timestamp>,
}

/// A moment on the shop's wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalTime {
    /// The year.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 1 is Monday, 7 is Sunday.
    pub weekday: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// Days since 1970-01-01 on the shop's calendar.
    pub day_number: i32,
}
