//! Answers a run from a recording, in its order, and says where the run went another way.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use ponte_model::send::{Outbound, Payload, Recipient};
use ponte_model::{ContactId, Event, MessageId, OutsideAnswer, OutsideCall, Refusal, StateScope, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ask::{self, Bytes};
use super::known::{Known, Now};
use super::recording::Recording;
use super::tape::Line;
use crate::{
    AutomaticTexts, Broker, ContactRecord, ConversationFacts, LocalTime, PastMessage, Period, PhoneView, RunRequest,
};

/// What is refused that nobody can know any more.
const NOT_RECORDED: &str = "not in the recording";

/// Answers what the recording does not know, as far as that follows from a package and its settings. Asked of another
/// plugin than the recorded one.
pub trait Beyond: Send {
    /// A text of the other package; it is asked before the recording, because its texts are what is tried.
    fn own_text(&self, key: &str, language: &str) -> Option<Option<String>>;
    /// A setting that the recorded run did not ask for.
    fn setting(&self, key: &str) -> Option<Option<String>>;
    /// A text that the recorded run did not ask for.
    fn text(&self, key: &str, language: &str) -> Option<Option<String>>;
    /// The shop's period around another moment.
    fn period(&self, at: Timestamp) -> Option<Result<Period, Refusal>>;
    /// The shop's clock at another moment.
    fn local_time(&self, at: Timestamp) -> Option<Result<LocalTime, Refusal>>;
    /// Whether a message fits the platform's fields.
    fn fits(&self, message: &Outbound) -> Option<Result<(), Refusal>>;
}

/// Knows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Beyond for Nothing {
    fn own_text(&self, _: &str, _: &str) -> Option<Option<String>> {
        None
    }

    fn setting(&self, _: &str) -> Option<Option<String>> {
        None
    }

    fn text(&self, _: &str, _: &str) -> Option<Option<String>> {
        None
    }

    fn period(&self, _: Timestamp) -> Option<Result<Period, Refusal>> {
        None
    }

    fn local_time(&self, _: Timestamp) -> Option<Result<LocalTime, Refusal>> {
        None
    }

    fn fits(&self, _: &Outbound) -> Option<Result<(), Refusal>> {
        None
    }
}

/// A question to the broker, as [`super::RecordedCall`] has it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Question {
    /// What sort.
    pub name: String,
    /// What was asked.
    pub asked: Value,
}

impl Question {
    fn new(name: &str, asked: &str) -> Self {
        Self { name: name.to_owned(), asked: serde_json::from_str(asked).unwrap_or_default() }
    }
}

/// The first call that was another one than the recorded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Divergence {
    /// Its place among the recorded questions, from 1.
    pub call: usize,
    /// What was asked; `None`: the run ended before.
    pub asked: Option<Question>,
    /// What the recording has there; `None`: it had ended.
    pub recorded: Option<Question>,
}

/// How a question was answered that the recording does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// By the package and settings that are tried.
    Package,
    /// As the recorded messages to that person were judged.
    Alike,
    /// By the facts of the conversation alone: owner and window.
    Facts,
    /// Refused: nobody knows.
    NotRecorded,
}

/// What a replay says beside its report.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ReplayLog {
    /// The first call that was another one; `None`: every question was the recorded one.
    pub divergence: Option<Divergence>,
    /// Questions that the recording does not have, and how they were answered.
    pub beyond: Vec<(Question, Told)>,
}

/// The request and a broker that answer as recorded; the log is complete when the run has ended and
/// [`ReplayEnd::close`] was called.
pub fn replay(recording: &Recording, beyond: Box<dyn Beyond>) -> (RunRequest, Box<dyn Broker>, ReplayEnd) {
    let lines: Vec<Line> = recording.lines.iter().filter(|line| !line.name.starts_with(ask::TOLD)).cloned().collect();
    let reel = Arc::new(Mutex::new(Reel { lines, next: 0, log: ReplayLog::default() }));
    let replayer = Replayer {
        reel: Arc::clone(&reel),
        known: recording.known.clone(),
        event: recording.request.event.clone(),
        here: recording.request.contact.clone(),
        beyond: Mutex::new(beyond),
    };
    (recording.request.clone(), Box::new(replayer), ReplayEnd(reel))
}

/// What a replay has to say when its run is over.
pub struct ReplayEnd(Arc<Mutex<Reel>>);

impl ReplayEnd {
    /// The log. Questions that were recorded and not asked are a divergence too.
    pub fn close(self) -> ReplayLog {
        let mut reel = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(left) = reel.lines.get(reel.next).map(question)
            && reel.log.divergence.is_none()
        {
            reel.log.divergence = Some(Divergence { call: reel.next + 1, asked: None, recorded: Some(left) });
        }
        std::mem::take(&mut reel.log)
    }
}

struct Reel {
    lines: Vec<Line>,
    next: usize,
    log: ReplayLog,
}

fn question(line: &Line) -> Question {
    Question::new(&line.name, &line.asked)
}

impl Reel {
    /// The recorded answer to a question: the next one, if it is this; else the same question later or, last, before.
    fn find(&mut self, name: &str, asked: &str) -> Option<String> {
        let same = |line: &Line| line.name == name && line.asked == asked;
        if let Some(line) = self.lines.get(self.next).filter(|line| same(line)) {
            self.next += 1;
            return Some(line.answered.clone());
        }
        if self.log.divergence.is_none() {
            let recorded = self.lines.get(self.next).map(question);
            self.log.divergence =
                Some(Divergence { call: self.next + 1, asked: Some(Question::new(name, asked)), recorded });
        }
        let next = self.next.min(self.lines.len());
        if let Some(ahead) = self.lines[next..].iter().position(same) {
            self.next = next + ahead + 1;
            return Some(self.lines[next + ahead].answered.clone());
        }
        self.lines[..next].iter().rfind(|line| same(line)).map(|line| line.answered.clone())
    }
}

/// Every method of [`Broker`] that answers is answered here, as the recorder wrote it.
struct Replayer {
    reel: Arc<Mutex<Reel>>,
    known: Known,
    event: Event,
    here: Option<ContactId>,
    /// In a lock only because a broker is shared between calls.
    beyond: Mutex<Box<dyn Beyond>>,
}

impl Replayer {
    /// The recorded answer; a line that cannot be read is none.
    fn answer<T: DeserializeOwned>(&self, name: &str, asked: &impl Serialize) -> Option<T> {
        let asked = serde_json::to_string(asked).expect("questions are plain data");
        let answered = self.reel().find(name, &asked)?;
        serde_json::from_str(&answered).ok()
    }

    /// An answer that mostly is the one of the beginning, which is also the best where the question is a new one.
    fn known<T: DeserializeOwned + Clone>(&self, name: &str, known: &T) -> T {
        match self.answer::<Now<T>>(name, &()) {
            Some(Now::Other((answer,))) => answer,
            Some(Now::AsKnown) | None => known.clone(),
        }
    }

    fn note(&self, name: &str, asked: &impl Serialize, how: Told) {
        let asked = serde_json::to_string(asked).expect("questions are plain data");
        self.reel().log.beyond.push((Question::new(name, &asked), how));
    }

    /// The recorded answer, or the refusal that nobody knows.
    fn only_recorded<T: DeserializeOwned>(&self, name: &str, asked: &impl Serialize) -> Result<T, Refusal> {
        self.answer(name, asked).unwrap_or_else(|| Err(self.unknown(name, asked)))
    }

    fn unknown(&self, name: &str, asked: &impl Serialize) -> Refusal {
        self.note(name, asked, Told::NotRecorded);
        Refusal::Other { why: NOT_RECORDED.to_owned() }
    }

    fn with<T>(&self, ask: impl FnOnce(&dyn Beyond) -> Option<T>) -> Option<T> {
        ask(&**self.beyond.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn by_package<T>(
        &self,
        name: &str,
        asked: &impl Serialize,
        ask: impl FnOnce(&dyn Beyond) -> Option<T>,
    ) -> Option<T> {
        let answer = self.with(ask)?;
        self.note(name, asked, Told::Package);
        Some(answer)
    }

    /// How a message was judged that goes to the same person and is free-form, or a template, as this one: it would be
    /// judged alike, save for what it says.
    fn alike(&self, to: &ContactId, message: &Payload) -> Option<Result<Recipient, Refusal>> {
        let reel = self.reel();
        reel.lines.iter().filter(|line| line.name == ask::PROPOSE).find_map(|line| {
            let (whose, payload, _): (ContactId, Payload, Option<MessageId>) =
                serde_json::from_str(&line.asked).ok()?;
            if whose != *to || payload.is_free_form() != message.is_free_form() {
                return None;
            }
            match (&payload, message) {
                (Payload::Template(one), Payload::Template(other)) if one.name != other.name => return None,
                _ => {}
            }
            let answer: Result<Recipient, Refusal> = serde_json::from_str(&line.answered).ok()?;
            // What was wrong with the words of one message is not wrong with another's.
            (!matches!(answer, Err(Refusal::Invalid { .. } | Refusal::Template { .. }))).then_some(answer)
        })
    }

    /// The verdict on a reply as far as owner and window tell.
    fn by_facts(&self, to: &ContactId, message: &Payload) -> Option<Result<Recipient, Refusal>> {
        let facts = self.known.conversation.filter(|_| self.here.as_ref() == Some(to) && message.is_free_form())?;
        if facts.owner.is_person() {
            return Some(Err(Refusal::OwnedByPerson { owner: facts.owner }));
        }
        if facts.window_until.is_none() {
            return Some(Err(Refusal::WindowClosed));
        }
        Some(Ok(Recipient::of(self.event.contact.as_ref()?)?))
    }

    fn reel(&self) -> std::sync::MutexGuard<'_, Reel> {
        self.reel.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Broker for Replayer {
    async fn propose(
        &mut self,
        to: &ContactId,
        message: &Payload,
        quoted: Option<&MessageId>,
    ) -> Result<Recipient, Refusal> {
        let asked = ask::propose(to, message, quoted);
        if let Some(answer) = self.answer(ask::PROPOSE, &asked) {
            return answer;
        }
        let alike = self.alike(to, message).map(|answer| (answer, Told::Alike));
        let Some((answer, how)) = alike.or_else(|| Some((self.by_facts(to, message)?, Told::Facts))) else {
            return Err(self.unknown(ask::PROPOSE, &asked));
        };
        self.note(ask::PROPOSE, &asked, how);
        let recipient = answer?;
        let outbound = Outbound { to: recipient.clone(), reply_to: quoted.cloned(), payload: message.clone() };
        self.with(|beyond| beyond.fits(&outbound)).unwrap_or(Ok(()))?;
        Ok(recipient)
    }

    fn amended(&mut self, message: &Outbound) -> Result<(), Refusal> {
        let asked = ask::amended(message);
        let answer = self.answer(ask::AMENDED, &asked);
        answer
            .or_else(|| self.with(|beyond| beyond.fits(message)))
            .unwrap_or_else(|| Err(self.unknown(ask::AMENDED, &asked)))
    }

    async fn state(&mut self, scope: StateScope, key: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let value: Option<Bytes> = self.only_recorded(ask::STATE, &ask::state(scope, key))?;
        Ok(value.and_then(Bytes::into_bytes))
    }

    async fn contact(&mut self, id: &ContactId) -> Result<Option<ContactRecord>, Refusal> {
        self.only_recorded(ask::CONTACT, &ask::contact(id))
    }

    fn conversation(&self) -> Option<ConversationFacts> {
        self.known(ask::CONVERSATION, &self.known.conversation)
    }

    fn may_hold(&self) -> Result<(), Refusal> {
        self.only_recorded(ask::MAY_HOLD, &())
    }

    fn automatic(&self) -> AutomaticTexts {
        self.known(ask::AUTOMATIC, &self.known.automatic)
    }

    async fn recent(&mut self, most: u32) -> Result<Vec<PastMessage>, Refusal> {
        self.only_recorded(ask::RECENT, &ask::recent(most))
    }

    fn burst(&self) -> Vec<PastMessage> {
        let _: Option<()> = self.answer(ask::BURST, &());
        self.known.burst(&self.event)
    }

    fn phone(&self) -> PhoneView {
        self.known(ask::PHONE, &self.known.phone)
    }

    async fn named(&mut self, setting: &str) -> Result<Vec<ContactRecord>, Refusal> {
        self.only_recorded(ask::NAMED, &ask::named(setting))
    }

    /// Nobody is asked again: what was not recorded is refused.
    async fn outside(&mut self, call: OutsideCall) -> Result<OutsideAnswer, Refusal> {
        self.only_recorded(ask::OUTSIDE, &call)
    }

    fn period(&self, at: Timestamp) -> Result<Period, Refusal> {
        let asked = ask::at(at);
        let answer = self.answer(ask::PERIOD, &asked);
        let answer = answer.or_else(|| self.by_package(ask::PERIOD, &asked, |beyond| beyond.period(at)));
        answer.unwrap_or_else(|| Err(self.unknown(ask::PERIOD, &asked)))
    }

    fn local_time(&self, at: Timestamp) -> Result<LocalTime, Refusal> {
        let asked = ask::at(at);
        let answer = self.answer(ask::LOCAL_TIME, &asked);
        let answer = answer.or_else(|| self.by_package(ask::LOCAL_TIME, &asked, |beyond| beyond.local_time(at)));
        answer.unwrap_or_else(|| Err(self.unknown(ask::LOCAL_TIME, &asked)))
    }

    /// A setting that nobody knows is one that is not set: the contract has no refusal here.
    fn setting(&self, key: &str) -> Option<String> {
        let asked = ask::setting(key);
        let answer = self.answer(ask::SETTING, &asked);
        let answer = answer.or_else(|| self.by_package(ask::SETTING, &asked, |beyond| beyond.setting(key)));
        answer.unwrap_or_else(|| {
            self.note(ask::SETTING, &asked, Told::NotRecorded);
            None
        })
    }

    fn text(&self, key: &str, language: &str) -> Option<String> {
        let asked = ask::text(key, language);
        let recorded = self.answer(ask::TEXT, &asked);
        if let Some(own) = self.with(|beyond| beyond.own_text(key, language)) {
            return own;
        }
        let answer = recorded.or_else(|| self.by_package(ask::TEXT, &asked, |beyond| beyond.text(key, language)));
        answer.unwrap_or_else(|| {
            self.note(ask::TEXT, &asked, Told::NotRecorded);
            None
        })
    }
}
