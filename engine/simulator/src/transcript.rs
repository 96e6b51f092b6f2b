//! Everything that happened, in order, and waiting for it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ponte_clock::within;
use ponte_model::{MessageId, NumberId, Phone, Timestamp};
use tokio::sync::watch;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its place in the transcript, from 0.
    pub seq: u64,
    /// When, by the clock.
    pub at: Timestamp,
    /// The business number.
    pub number: Option<NumberId>,
    /// The customer.
    pub customer: Option<Phone>,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A customer did something that Meta reports as a message.
    Inbound {
        /// Its id.
        id: MessageId,
        /// Its type.
        kind: String,
        /// What it says.
        text: String,
    },
    /// A customer wrote while the number was off the API: nobody is told.
    Missed {
        /// What it says.
        text: String,
    },
    /// A message sent over the API was accepted.
    Sent {
        /// Its id.
        id: MessageId,
        /// Its type.
        kind: String,
        /// What it says, as the customer reads it.
        text: String,
        /// The sender's own tag.
        callback: Option<String>,
    },
    /// A customer's message was marked as read over the API.
    MarkedRead {
        /// The message.
        id: MessageId,
        /// Whether with a typing bubble.
        typing: bool,
    },
    /// The owner wrote in the app.
    Echo {
        /// Its id.
        id: MessageId,
        /// Its type.
        kind: String,
        /// What it says.
        text: String,
        /// Whether the app wrote it by itself.
        automatic: bool,
    },
    /// A message sent over the API got further, or failed.
    Status {
        /// The message.
        id: MessageId,
        /// `sent`, `delivered`, `read`, `failed`.
        status: &'static str,
        /// The sender's own tag.
        callback: Option<String>,
        /// Why it failed.
        code: Option<i64>,
    },
    /// A request broke a rule. Never happens to a sender that knows the rules.
    Refused {
        /// Meta's code.
        code: i64,
        /// Meta's words.
        details: String,
        /// The sender's own tag.
        callback: Option<String>,
    },
    /// A fault struck, as [`FaultPlan`](crate::FaultPlan) wished.
    Fault {
        /// Which.
        what: String,
        /// The sender's own tag, where a send was struck.
        callback: Option<String>,
    },
    /// The number left the API or came back, a template changed …
    Account {
        /// The platform's word for it.
        event: String,
    },
    /// An attempt at a webhook was not answered 200.
    WebhookFailed {
        /// Which webhook.
        webhook: u64,
        /// Which attempt, from 1.
        attempt: u32,
        /// What came instead.
        why: String,
    },
    /// A webhook was given up.
    WebhookLost {
        /// Which webhook.
        webhook: u64,
        /// Why.
        why: String,
    },
}

/// How often each thing happened; never forgotten, whatever the transcript keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// [`What::Inbound`].
    pub inbound: u64,
    /// [`What::Missed`].
    pub missed: u64,
    /// [`What::Sent`].
    pub sends: u64,
    /// [`What::MarkedRead`].
    pub marked_read: u64,
    /// [`What::Echo`].
    pub echoes: u64,
    /// [`What::Status`].
    pub statuses: u64,
    /// [`What::Refused`].
    pub refusals: u64,
    /// [`What::Fault`].
    pub faults: u64,
    /// [`What::Account`].
    pub account_changes: u64,
    /// Webhooks answered 200, duplicates included.
    pub webhooks_taken: u64,
    /// [`What::WebhookFailed`].
    pub webhooks_failed: u64,
    /// [`What::WebhookLost`].
    pub webhooks_lost: u64,
}

/// The transcript as a predicate sees it.
#[derive(Debug)]
pub struct Log {
    entries: VecDeque<Arc<Entry>>,
    refusals: Vec<Arc<Entry>>,
    next: u64,
    counts: Counts,
    keep: usize,
}

impl Log {
    /// How often each thing happened. Takes no time, however long the transcript.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// All entries that are kept, oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Arc<Entry>> {
        self.entries.iter()
    }

    /// The entries that are kept from `seq` on.
    pub fn since(&self, seq: u64) -> impl DoubleEndedIterator<Item = &Arc<Entry>> {
        let first = self.next - self.entries.len() as u64;
        let skip = usize::try_from(seq.saturating_sub(first)).unwrap_or(usize::MAX).min(self.entries.len());
        self.entries.range(skip..)
    }

    /// The number that the next entry will have.
    pub fn next_seq(&self) -> u64 {
        self.next
    }

    /// Every refusal so far.
    pub fn refusals(&self) -> &[Arc<Entry>] {
        &self.refusals
    }

    fn push(&mut self, entry: Entry) {
        let counts = &mut self.counts;
        *match entry.what {
            What::Inbound { .. } => &mut counts.inbound,
            What::Missed { .. } => &mut counts.missed,
            What::Sent { .. } => &mut counts.sends,
            What::MarkedRead { .. } => &mut counts.marked_read,
            What::Echo { .. } => &mut counts.echoes,
            What::Status { .. } => &mut counts.statuses,
            What::Refused { .. } => &mut counts.refusals,
            What::Fault { .. } => &mut counts.faults,
            What::WebhookFailed { .. } => &mut counts.webhooks_failed,
            What::WebhookLost { .. } => &mut counts.webhooks_lost,
            What::Account { .. } => &mut counts.account_changes,
        } += 1;
        let entry = Arc::new(entry);
        if matches!(entry.what, What::Refused { .. }) {
            self.refusals.push(Arc::clone(&entry));
        }
        self.next += 1;
        self.entries.push_back(entry);
        if self.entries.len() > self.keep {
            self.entries.pop_front();
        }
    }
}

/// The transcript, shared.
#[derive(Debug)]
pub(crate) struct Transcript {
    log: Mutex<Log>,
    changed: watch::Sender<()>,
}

impl Transcript {
    pub(crate) fn new(keep: usize) -> Self {
        let log = Log {
            entries: VecDeque::new(),
            refusals: Vec::new(),
            next: 0,
            counts: Counts::default(),
            keep: keep.max(1),
        };
        Self { log: Mutex::new(log), changed: watch::Sender::new(()) }
    }

    pub(crate) fn write(&self, at: Timestamp, number: Option<&NumberId>, customer: Option<&Phone>, what: What) {
        let mut log = self.log();
        let seq = log.next;
        log.push(Entry { seq, at, number: number.cloned(), customer: customer.cloned(), what });
        drop(log);
        self.changed.send_replace(());
    }

    /// Webhooks that went well are counted and not listed: what they said is listed already.
    pub(crate) fn webhook_taken(&self) {
        self.log().counts.webhooks_taken += 1;
        self.changed.send_replace(());
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks `look` now and after every change, until it has an answer.
    pub(crate) async fn wait<T>(
        &self,
        mut look: impl FnMut(&Log) -> Option<T>,
        limit: Duration,
    ) -> Result<T, TimedOut> {
        let mut changes = self.changed.subscribe();
        let answer = within(limit, async {
            loop {
                changes.borrow_and_update();
                if let Some(answer) = look(&self.log()) {
                    return answer;
                }
                // The sender lives as long as `self`.
                let _ = changes.changed().await;
            }
        });
        answer.await.map_err(|_| {
            let log = self.log();
            let tail: Vec<_> = log.entries().rev().take(12).map(Arc::clone).collect();
            TimedOut { limit, counts: log.counts(), tail: tail.into_iter().rev().collect() }
        })
    }
}

/// What was waited for did not happen in time.
#[derive(Clone, Debug, PartialEq)]
pub struct TimedOut {
    /// The real time that was given.
    pub limit: Duration,
    /// What did happen.
    pub counts: Counts,
    /// The last entries of the transcript.
    pub tail: Vec<Arc<Entry>>,
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the simulated WhatsApp waited {:?} in vain; {:?}; last:", self.limit, self.counts)?;
        self.tail.iter().try_for_each(|entry| write!(f, "\n  {entry}"))
    }
}

impl std::error::Error for TimedOut {}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |id: Option<&str>| id.unwrap_or("-").to_owned();
        write!(f, "{:>4} {} ", self.seq, self.at)?;
        write!(
            f,
            "{}/{} ",
            name(self.number.as_ref().map(NumberId::as_str)),
            name(self.customer.as_ref().map(Phone::as_str))
        )?;
        let tag = |callback: &Option<String>| callback.as_ref().map(|tag| format!(" [{tag}]")).unwrap_or_default();
        match &self.what {
            What::Inbound { kind, text, .. } => write!(f, "customer {kind}: {text:?}"),
            What::Missed { text } => write!(f, "customer, missed: {text:?}"),
            What::Sent { kind, text, callback, .. } => write!(f, "api {kind}: {text:?}{}", tag(callback)),
            What::MarkedRead { typing, .. } => write!(f, "api read{}", if *typing { ", typing" } else { "" }),
            What::Echo { kind, text, automatic, .. } => {
                write!(f, "app {kind}{}: {text:?}", if *automatic { " (automatic)" } else { "" })
            }
            What::Status { status, callback, code, .. } => {
                write!(f, "status {status}{}", tag(callback))?;
                code.map_or(Ok(()), |code| write!(f, " {code}"))
            }
            What::Refused { code, details, callback } => write!(f, "refused {code}: {details}{}", tag(callback)),
            What::Fault { what, callback } => write!(f, "fault: {what}{}", tag(callback)),
            What::Account { event } => write!(f, "account: {event}"),
            What::WebhookFailed { webhook, attempt, why } => {
                write!(f, "webhook {webhook}, attempt {attempt} failed: {why}")
            }
            What::WebhookLost { webhook, why } => write!(f, "webhook {webhook} given up: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(transcript: &Transcript, event: &str) {
        transcript.write(Timestamp::EPOCH, None, None, What::Account { event: event.to_owned() });
    }

    #[test]
    fn old_entries_go_and_numbers_stay() {
        let transcript = Transcript::new(2);
        for event in ["A", "B", "C"] {
            account(&transcript, event);
        }
        let log = transcript.log();
        let seqs = |from| log.since(from).map(|entry| entry.seq).collect::<Vec<_>>();
        assert_eq!((seqs(0), seqs(2), seqs(9)), (vec![1, 2], vec![2], vec![]));
        assert_eq!(log.next_seq(), 3);
    }

    #[tokio::test]
    async fn waiting_ends_with_the_entry_or_with_a_story() {
        let transcript = Arc::new(Transcript::new(usize::MAX));
        let waiting = tokio::spawn({
            let transcript = Arc::clone(&transcript);
            async move { transcript.wait(|log| (log.next_seq() == 2).then_some(()), Duration::from_secs(5)).await }
        });
        account(&transcript, "A");
        account(&transcript, "B");
        waiting.await.unwrap().unwrap();
        let late = transcript.wait(|_| None::<()>, Duration::from_millis(10)).await.unwrap_err();
        assert!(late.to_string().contains("account: B"), "{late}");
    }
}
