//! Wraps a broker and writes down what it answers.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use ponte_model::send::{Outbound, Payload, Recipient};
use ponte_model::{ContactId, HandOffTarget, MessageId, OutsideAnswer, OutsideCall, Refusal, StateScope, Timestamp};
use serde::Serialize;

use super::ask::{self, Bytes};
use super::known::{Known, Now};
use super::recording::{Header, Sealed, seal_with};
use super::tape::Writer;
use crate::{
    AutomaticTexts, Broker, ContactRecord, ConversationFacts, LocalTime, PastMessage, Period, PhoneView, Plugin,
    RunReport, RunRequest,
};

/// A run told or was told more than a recording may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than the {most} bytes that a recording may hold ([recordings] largest)")]
pub struct TooLarge {
    /// How large it may be, in bytes before it is packed.
    pub most: usize,
}

/// Wraps `broker` so that what it answers to the run of `request`, by `plugin`, is written down, up to `most` bytes. The
/// run has no means to tell.
pub fn record(broker: Box<dyn Broker>, request: &RunRequest, plugin: &Plugin, most: usize) -> (Box<dyn Broker>, Tape) {
    let mut writer = Writer::new(most);
    let known = Known::of(&*broker, &request.event);
    writer.line("run", &Header::of(request, plugin.limits().memory), &());
    writer.line(ask::KNOWN, &(), &known);
    let tape = Tape { writer: Arc::new(Mutex::new(writer)), seed: request.random_seed, most };
    let recorder = Recorder { inner: broker, known, tape: tape.clone(), answered: Mutex::new(Answered::Nothing) };
    (Box::new(recorder), tape)
}

/// What is written about a run while it goes on.
#[derive(Clone)]
pub struct Tape {
    writer: Arc<Mutex<Writer>>,
    seed: [u8; 32],
    most: usize,
}

impl Tape {
    /// Ends it with how the run went. For the store.
    ///
    /// # Errors
    /// It became too large; then there is no recording.
    pub fn close(&self, report: &RunReport) -> Result<Vec<u8>, TooLarge> {
        let text = self.writer.lock().unwrap_or_else(PoisonError::into_inner).close();
        let text = text.map_err(|_| TooLarge { most: self.most })?;
        Ok(seal_with(&text, &self.seed, &Sealed::of(&report.outcome, &report.effects)))
    }

    fn line(&self, name: &str, asked: &impl Serialize, answered: &impl Serialize) {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).line(name, asked, answered);
    }
}

/// What the broker said since the guest was last told something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answered {
    Nothing,
    Yes,
    No,
}

/// Every method of [`Broker`] that answers is written down here: a new one belongs here too, with a name in `ask`, and
/// into the replayer.
struct Recorder {
    inner: Box<dyn Broker>,
    known: Known,
    tape: Tape,
    answered: Mutex<Answered>,
}

impl Recorder {
    fn note<T: Serialize>(&self, name: &str, asked: &impl Serialize, answer: &T) {
        self.heard(Answered::Yes);
        self.tape.line(name, asked, answer);
    }

    /// As [`Recorder::note`], of an answer that may be a refusal.
    fn judge<T: Serialize>(&self, name: &str, asked: &impl Serialize, answer: &Result<T, Refusal>) {
        self.heard(if answer.is_ok() { Answered::Yes } else { Answered::No });
        self.tape.line(name, asked, answer);
    }

    /// As [`Recorder::note`], of an answer that mostly is the one of the beginning.
    fn note_known<T: Serialize + PartialEq>(&self, name: &str, answer: &T, known: &T) {
        self.heard(Answered::Yes);
        let now = if answer == known { Now::AsKnown } else { Now::Other((answer,)) };
        self.tape.line(name, &(), &now);
    }

    fn heard(&self, answered: Answered) {
        *self.answered.lock().unwrap_or_else(PoisonError::into_inner) = answered;
    }
}

#[async_trait]
impl Broker for Recorder {
    async fn propose(
        &mut self,
        to: &ContactId,
        message: &Payload,
        quoted: Option<&MessageId>,
    ) -> Result<Recipient, Refusal> {
        let answer = self.inner.propose(to, message, quoted).await;
        self.judge(ask::PROPOSE, &ask::propose(to, message, quoted), &answer);
        answer
    }

    fn amended(&mut self, message: &Outbound) -> Result<(), Refusal> {
        let answer = self.inner.amended(message);
        self.judge(ask::AMENDED, &ask::amended(message), &answer);
        answer
    }

    async fn state(&mut self, scope: StateScope, key: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let answer = self.inner.state(scope, key).await;
        let written = answer.as_ref().map(|value| value.as_deref().map(Bytes::of)).map_err(Clone::clone);
        self.judge(ask::STATE, &ask::state(scope, key), &written);
        answer
    }

    async fn contact(&mut self, id: &ContactId) -> Result<Option<ContactRecord>, Refusal> {
        let answer = self.inner.contact(id).await;
        self.judge(ask::CONTACT, &ask::contact(id), &answer);
        answer
    }

    fn conversation(&self) -> Option<ConversationFacts> {
        let answer = self.inner.conversation();
        self.note_known(ask::CONVERSATION, &answer, &self.known.conversation);
        answer
    }

    fn may_hold(&self) -> Result<(), Refusal> {
        let answer = self.inner.may_hold();
        self.judge(ask::MAY_HOLD, &(), &answer);
        answer
    }

    fn automatic(&self) -> AutomaticTexts {
        let answer = self.inner.automatic();
        self.note_known(ask::AUTOMATIC, &answer, &self.known.automatic);
        answer
    }

    async fn recent(&mut self, most: u32) -> Result<Vec<PastMessage>, Refusal> {
        let answer = self.inner.recent(most).await;
        self.judge(ask::RECENT, &ask::recent(most), &answer);
        answer
    }

    fn burst(&self) -> Vec<PastMessage> {
        // A run's burst does not change: it is among the facts of the beginning.
        self.heard(Answered::Yes);
        self.tape.line(ask::BURST, &(), &());
        self.inner.burst()
    }

    fn phone(&self) -> PhoneView {
        let answer = self.inner.phone();
        self.note_known(ask::PHONE, &answer, &self.known.phone);
        answer
    }

    fn handed_off(&mut self, to: HandOffTarget, note: &str) {
        self.inner.handed_off(to, note);
    }

    async fn named(&mut self, setting: &str) -> Result<Vec<ContactRecord>, Refusal> {
        let answer = self.inner.named(setting).await;
        self.judge(ask::NAMED, &ask::named(setting), &answer);
        answer
    }

    fn period(&self, at: Timestamp) -> Result<Period, Refusal> {
        let answer = self.inner.period(at);
        self.judge(ask::PERIOD, &ask::at(at), &answer);
        answer
    }

    fn local_time(&self, at: Timestamp) -> Result<LocalTime, Refusal> {
        let answer = self.inner.local_time(at);
        self.judge(ask::LOCAL_TIME, &ask::at(at), &answer);
        answer
    }

    fn setting(&self, key: &str) -> Option<String> {
        let answer = self.inner.setting(key);
        self.note(ask::SETTING, &ask::setting(key), &answer);
        answer
    }

    fn text(&self, key: &str, language: &str) -> Option<String> {
        let answer = self.inner.text(key, language);
        self.note(ask::TEXT, &ask::text(key, language), &answer);
        answer
    }

    async fn outside(&mut self, call: OutsideCall) -> Result<OutsideAnswer, Refusal> {
        let answer = self.inner.outside(call.clone()).await;
        self.judge(ask::OUTSIDE, &call, &answer);
        answer
    }

    /// As if it were the answer: in a replay nobody is slow, and the question is refused all the same.
    fn gave_up(&mut self, call: &OutsideCall, refusal: &Refusal) {
        self.judge(ask::OUTSIDE, call, &Err::<OutsideAnswer, _>(refusal.clone()));
        self.inner.gave_up(call, refusal);
    }

    /// For the story: calls of which the lines above say too little.
    fn told(&mut self, call: &str, refusal: Option<&Refusal>) {
        let before =
            std::mem::replace(self.answered.get_mut().unwrap_or_else(PoisonError::into_inner), Answered::Nothing);
        let now = if refusal.is_none() { Answered::Yes } else { Answered::No };
        let said = asks_the_broker(call) && before == now;
        if !said {
            let mut name = String::with_capacity(call.len() + 1);
            name.push(ask::TOLD);
            name.push_str(call);
            self.tape.line(&name, &(), &refusal);
        }
        self.inner.told(call, refusal);
    }
}

/// Whether the broker's answer is all there is to say of a call of the contract. The others change something.
fn asks_the_broker(call: &str) -> bool {
    call.starts_with("send.")
        || call.starts_with("calendar.")
        || ["http.", "secrets.", "orders.", "ai."].iter().any(|interface| call.starts_with(interface))
        || matches!(call, "state.get" | "contacts.get" | "contacts.named" | "conversation.recent")
}
