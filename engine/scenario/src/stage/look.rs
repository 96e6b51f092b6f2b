//! Looking at what came of it.

use ponte_model::{Owner, StateScope, Timestamp};
use ponte_policy::{Echo, Facts, Handed};
use ponte_runtime::Desk;
use ponte_store::{DecisionRow, RunRecord, SendRow, StateKey, Store as _, TimerRow};
use serde_json::Value;

use super::{NUMBER, Say as _, Stage, StageError, TENANT};

/// Later than any timer.
const EVER: Timestamp = Timestamp::from_secs(9_999_999_999);

/// So many runs and messages are looked at.
const MOST: u32 = 1_000;

impl Stage {
    /// What was decided about the customer's last events, newest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn decisions(&self, most: u32) -> Result<Vec<DecisionRow>, StageError> {
        let Some(conversation) = self.conversation().await? else { return Ok(Vec::new()) };
        self.store.decisions(&conversation, most).await.say()
    }

    /// Why the last message did not leave, if one did not.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn last_refusal(&self) -> Result<Option<String>, StageError> {
        let last = self.store.sends(Some(&NUMBER.into()), 1).await.say()?;
        Ok(last.into_iter().next().and_then(|send| send.reason))
    }

    /// What is known of the customer's conversation.
    pub(crate) async fn facts(&self) -> Result<Facts, StageError> {
        let Some(conversation) = self.conversation().await? else { return Ok(Facts::default()) };
        let row = self.store.conversation(&conversation).await.say()?;
        Ok(serde_json::from_value::<Option<Facts>>(row.facts).say()?.unwrap_or_default())
    }

    /// The last hand-off of the customer's conversation to people.
    pub(crate) async fn handed(&self) -> Result<Option<Handed>, StageError> {
        Ok(self.facts().await?.handed.map(|handed| *handed))
    }

    /// Who speaks with the customer.
    pub(crate) async fn owner(&self) -> Result<Owner, StageError> {
        let Some(conversation) = self.conversation().await? else { return Ok(Owner::Nobody) };
        let row = self.store.conversation(&conversation).await.say()?;
        let echo = Echo { seq: row.echo_seq, at: row.echo_at };
        let desk = Desk::open(&self.store, &TENANT.into()).await.say()?;
        let release = desk.release_of(&NUMBER.into());
        Ok(self.facts().await?.ownership_at(echo, self.clock.now(), &release).owner)
    }

    /// What a flow remembers under a key; of several flows that of the first that remembers anything.
    pub(crate) async fn state(&self, key: &str) -> Result<Option<Value>, StageError> {
        let (scope, key) = match key.split_once('/') {
            Some(("contact", key)) => (StateScope::Contact, key),
            Some(("installation", key)) => (StateScope::Installation, key),
            Some(("conversation", key)) => (StateScope::Conversation, key),
            _ => (StateScope::Conversation, key),
        };
        let conversation = self.conversation().await?;
        for flow in &self.flows {
            let Some(key) = StateKey::new(flow.as_str().into(), scope, conversation.as_ref(), key) else { continue };
            if let Some(found) = self.store.state(&key, self.clock.now()).await.say()? {
                let text = String::from_utf8_lossy(&found.value).into_owned();
                return Ok(Some(serde_json::from_slice(&found.value).unwrap_or(Value::String(text))));
            }
        }
        Ok(None)
    }

    /// The customer's tags.
    pub(crate) async fn tags(&self) -> Result<Vec<String>, StageError> {
        let Some(conversation) = self.conversation().await? else { return Ok(Vec::new()) };
        let contact = self.store.contact(&conversation.contact).await.say()?;
        Ok(contact.map(|contact| contact.tags).unwrap_or_default())
    }

    /// Timers of the customer's conversation, without the host's own.
    pub(crate) async fn timers(&self) -> Result<Vec<TimerRow>, StageError> {
        let Some(conversation) = self.conversation().await? else { return Ok(Vec::new()) };
        let all = self.store.due_timers(EVER, MOST).await.say()?;
        Ok(all.into_iter().filter(|timer| timer.conversation == conversation && !timer.name.is_empty()).collect())
    }

    /// The customer's messages from the outbox, newest first.
    pub(crate) async fn sends(&self) -> Result<Vec<SendRow>, StageError> {
        let Some(conversation) = self.conversation().await? else { return Ok(Vec::new()) };
        self.store.conversation_sends(&conversation, MOST).await.say()
    }

    /// Everybody's messages from the outbox, newest first.
    pub(crate) async fn all_sends(&self) -> Result<Vec<SendRow>, StageError> {
        self.store.sends(None, 10 * MOST).await.say()
    }

    /// Everybody's runs, newest first.
    pub(crate) async fn all_runs(&self) -> Result<Vec<RunRecord>, StageError> {
        self.store.runs(MOST).await.say()
    }

    /// Runs over the customer's events, newest first.
    pub(crate) async fn runs(&self) -> Result<Vec<RunRecord>, StageError> {
        let Some(conversation) = self.conversation().await? else { return Ok(Vec::new()) };
        let all = self.store.runs(MOST).await.say()?;
        Ok(all.into_iter().filter(|run| run.contact.as_ref() == Some(&conversation.contact)).collect())
    }

    /// What all messages so far cost, in micro-units, and how many of them cost something.
    pub(crate) async fn cost(&self) -> Result<(i64, usize), StageError> {
        let lines = self.store.ledger("0000-00-00").await.say()?;
        let (mut total, mut charged) = (0, 0);
        for (charge, count) in lines {
            // Of settled lines that are alike the amount is the sum; of an open one it is set aside.
            let amount = charge.amount.or(charge.hold).unwrap_or_default();
            total += amount;
            charged += if amount > 0 { count as usize } else { 0 };
        }
        Ok((total, charged))
    }
}
