//! What must survive a crash, behind a narrow interface.
//!
//! [`Store`] is all that the rest of Ponte sees: a command is one method and one transaction, and many commands
//! share one fsync (group commit, in [`sqlite`]). Policy is not known here: a conversation's facts are JSON that
//! somebody else understands. A second implementation for PostgreSQL replaces [`SqliteStore`] and nothing else.

mod records;
pub mod sqlite;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ponte_model::consent::Entry;
use ponte_model::template::Registered;
use ponte_model::{
    Budget, Charge, ContactId, Control, ConversationId, Digest256, Event, InstallationId, MessageId, NumberId, Phone,
    RequestId, RunId, Scope, SendId, TenantId, Timestamp, WabaId,
};
use serde_json::Value;

pub use records::*;
pub use sqlite::SqliteStore;

/// Result of a store call.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The store could not do it. Nothing of the command was written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no.
    #[error("the database refused: {0}")]
    Database(Arc<sqlx::Error>),
    /// The database cannot be opened or brought up to date.
    #[error("cannot open {path}: {why}")]
    Open {
        /// The file.
        path: String,
        /// Why, and what to do.
        why: String,
    },
    /// A row says what this version does not understand.
    #[error("{what} in the database cannot be read: {why}; was it written by a newer version?")]
    Corrupt {
        /// Which row.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

/// Which installations want to hear of the fate of their messages.
pub type Listeners = Arc<HashSet<InstallationId>>;

/// What became of a [`StatusUpdate`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusApplied {
    /// The message it is about, if it is ours.
    pub send: Option<SendId>,
    /// Its conversation.
    pub conversation: Option<ConversationId>,
    /// Whether the message moved on by this.
    pub moved: bool,
    /// An installation that wants to hear of it; the event is then still pending and must be finished by its run.
    pub listener: Option<InstallationId>,
    /// The message's line in the ledger before and after, if the status changed it.
    pub charge: Option<Box<(Charge, Charge)>>,
}

/// What must survive a crash. Every method that writes returns after the write is durable.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    // Events

    /// Stores events, all or none; those that were there before are left alone. App echoes claim their
    /// conversation in the same transaction.
    async fn ingest(&self, events: Vec<Incoming>, received_at: Timestamp) -> Result<Vec<Stored>>;

    /// Events that wait, in order, after the place `after`.
    async fn pending(&self, after: i64, limit: u32) -> Result<Vec<Pending>>;

    /// Acknowledges an event together with everything that handling it changed.
    async fn finish(&self, finish: Finish) -> Result<Finished>;

    /// Counts a failed try; the event waits until `not_before`.
    async fn postpone(&self, seq: i64, not_before: Timestamp, reason: &str) -> Result<()>;

    /// Gives an event up, with a reason.
    async fn park(&self, seq: i64, reason: &str) -> Result<()>;

    /// Applies a status to the message it is about, forward only, and acknowledges the event unless one of
    /// `listeners` sent that message. `settler` says what it means for the ledger.
    async fn apply_status(
        &self,
        update: StatusUpdate,
        listeners: &Listeners,
        settler: Settler,
    ) -> Result<StatusApplied>;

    /// Acknowledges an event and changes the person's name in the phone's address book, as of `at`; `None` takes it
    /// away. An older change that comes late changes nothing.
    async fn name_contact(
        &self,
        seq: i64,
        contact: Option<ContactId>,
        app_name: Option<String>,
        at: Timestamp,
    ) -> Result<()>;

    // Conversations

    /// A conversation; the default if nothing is known of it.
    async fn conversation(&self, id: &ConversationId) -> Result<ConversationRow>;

    /// A person.
    async fn contact(&self, id: &ContactId) -> Result<Option<ContactRow>>;

    /// Contacts that turned out to be this one; nothing new comes to them.
    async fn absorbed(&self, contact: &ContactId) -> Result<Vec<ContactId>>;

    /// Lets everything follow that was kept for a contact who turned out to be another: timers, state, tags, the place on
    /// the list of those who are suppressed, messages that wait and those that were written. To do it again changes
    /// nothing. The ledger of consent stays as it was written, and is read for both.
    async fn follow(&self, absorbed: &ContactId, contact: &ContactId) -> Result<()>;

    /// Takes the facts of a conversation away that were taken into another.
    async fn forget_facts(&self, conversation: &ConversationId) -> Result<()>;

    /// Whether an event of a conversation with this person waits to be handled.
    async fn is_waiting(&self, contact: &ContactId) -> Result<bool>;

    /// Who has this phone number, however it is spelled: a number that a person typed finds whom the platform knows by
    /// another spelling. The very digits come first.
    async fn contact_by_phone(&self, tenant: &TenantId, phone: &Phone) -> Result<Option<ContactId>>;

    /// Who goes by this alias, as [`ponte_model::Contact::aliases`] writes it.
    async fn contact_by_alias(&self, tenant: &TenantId, alias: &str) -> Result<Option<ContactId>>;

    /// The last messages of a conversation before the place `before`, oldest first.
    async fn recent(&self, id: &ConversationId, before: i64, most: u32) -> Result<Vec<PastLine>>;

    /// Events by their places in the inbox, in order; those that are not kept any more are missing.
    async fn events(&self, seqs: &[i64]) -> Result<Vec<(i64, Event)>>;

    /// What was decided about the last events of a conversation, newest first by when they happened.
    async fn decisions(&self, id: &ConversationId, most: u32) -> Result<Vec<DecisionRow>>;

    /// When messages left in a conversation that automation said by itself, since a moment, in order. Templates and read
    /// receipts are none.
    async fn spoke_since(&self, id: &ConversationId, since: Timestamp) -> Result<Vec<Timestamp>>;

    /// Gives an operator's order about a conversation to the running pipeline, which makes an event of it. A running
    /// pipeline notices.
    async fn put_control(&self, conversation: &ConversationId, control: &Control, at: Timestamp) -> Result<()>;

    /// Orders that have not become events, in their order.
    async fn controls(&self) -> Result<Vec<ControlRow>>;

    /// Takes an order away that has become an event.
    async fn drop_control(&self, id: i64) -> Result<()>;

    /// What was learned of the texts that numbers' phones send by themselves, as the policy wrote it.
    async fn learned_texts(&self) -> Result<Vec<(NumberId, Value)>>;

    /// Writes what was learned of a number's.
    async fn put_learned_texts(&self, number: &NumberId, learned: &Value) -> Result<()>;

    /// A key of a flow, unless its time is up.
    async fn state(&self, key: &StateKey, now: Timestamp) -> Result<Option<StateValue>>;

    // Outbox

    /// The first messages of a number that wait in a lane, and whatever waits before them for the same people, in order;
    /// those that a rule holds only if they are due at `now`. At most `limit` of the lane.
    async fn queued(&self, number: &NumberId, lane: i64, now: Timestamp, limit: u32) -> Result<Vec<QueuedSend>>;

    /// Lets held messages be judged again. Returns how many.
    async fn release_held(&self, whose: Released) -> Result<u64>;

    /// Conversations in which messages wait for the customer.
    async fn waiting_for_window(&self) -> Result<Vec<ConversationId>>;

    /// Messages that wait for another try, later than `now`, because the platform asked for it.
    async fn backing_off(&self, now: Timestamp) -> Result<Vec<BackingOff>>;

    /// Puts another item into the place of a queued message: its kind, its lane, and why. Whether it was queued.
    async fn replace_item(&self, id: &SendId, item: &OutboxItem, lane: i64, reason: &str) -> Result<bool>;

    /// Messages (of a kind) let out since a moment, in order: what quotas have to remember over a restart.
    async fn left_since(&self, since: Timestamp, kind: Option<&str>) -> Result<Vec<LeftSend>>;

    /// When the next message of the number is due that a rule holds longer than until `after`; `None` if there is none.
    async fn next_held(&self, number: &NumberId, after: Timestamp) -> Result<Option<Timestamp>>;

    /// Lets a message out, unless an echo came meanwhile.
    async fn begin_send(&self, begin: BeginSend) -> Result<Began>;

    /// Writes down what became of an attempt.
    async fn settle_send(&self, settle: Settle) -> Result<()>;

    /// After a restart: whatever was being sent when the process ended is in doubt. Returns how many.
    async fn doubt_unfinished_sends(&self) -> Result<u64>;

    /// Numbers that have messages waiting.
    async fn numbers_with_queue(&self) -> Result<Vec<NumberId>>;

    /// Rows of the outbox for people, newest first.
    async fn sends(&self, number: Option<&NumberId>, limit: u32) -> Result<Vec<SendRow>>;

    /// The last messages of a conversation, newest first.
    async fn conversation_sends(&self, id: &ConversationId, most: u32) -> Result<Vec<SendRow>>;

    /// What we sent under this id of Meta's, if it was us and it is kept still.
    async fn sent(&self, message: &MessageId) -> Result<Option<OutboxItem>>;

    // The way out

    /// Requests of `running` installations that are due, each installation in its turn; none to the hosts that have enough
    /// on their way, and none of those that are. Those of others wait until they run.
    async fn queued_requests(
        &self,
        now: Timestamp,
        running: &[InstallationId],
        busy: &Busy,
        limit: u32,
    ) -> Result<Vec<QueuedRequest>>;

    /// When the next request is due after `now`.
    async fn next_request(&self, now: Timestamp) -> Result<Option<Timestamp>>;

    /// Writes down what became of a try. `None` for the time of the next one: it is settled.
    async fn settle_request(&self, id: &RequestId, fate: &RequestFate, now: Timestamp) -> Result<()>;

    /// Requests for people, newest first.
    async fn requests(&self, installation: Option<&InstallationId>, limit: u32) -> Result<Vec<RequestRow>>;

    /// Keeps a sealed secret, or takes it away. Whether there was anything to do. A running pipeline notices.
    async fn put_secret(
        &self,
        installation: &InstallationId,
        name: &str,
        sealed: Option<Vec<u8>>,
        now: Timestamp,
    ) -> Result<bool>;

    /// All sealed secrets.
    async fn secrets(&self) -> Result<Vec<SecretRow>>;

    /// The last that stores told of orders, each event once: by contact, or by the number that people call them.
    async fn told_orders(&self, tenant: &TenantId, by: &OrdersBy) -> Result<Vec<ToldOrder>>;

    /// Sets money aside for a question to a model, unless the installation would pass `most` in that day. Whether it was.
    async fn reserve_spend(&self, installation: &InstallationId, day: &str, micros: i64, most: i64) -> Result<bool>;

    /// Corrects what was set aside by what it came to.
    async fn correct_spend(&self, installation: &InstallationId, day: &str, delta: i64) -> Result<()>;

    /// What installations spent on models since a day.
    async fn spent(&self, since_day: &str) -> Result<Vec<SpendRow>>;

    // Money

    /// Sets what may be spent in a day, or lifts it.
    async fn put_budget(&self, scope: &Scope, budget: Option<&Budget>) -> Result<()>;

    /// All budgets.
    async fn budgets(&self) -> Result<Vec<(Scope, Budget)>>;

    /// The ledger since a day, without what was freed: open lines one by one; of settled ones that are alike one, with
    /// how many there are and the sum of their amounts.
    async fn ledger(&self, from_day: &str) -> Result<Vec<(Charge, u64)>>;

    /// The ledger from a day to a day, both included, added up. `soon` (a day at most) says what counts as an answer from
    /// the phone soon after a message.
    async fn charge_totals(&self, from_day: &str, to_day: &str, soon: Duration) -> Result<Vec<ChargeTotal>>;

    // Timers and schedules

    /// Timers due at `now`, earliest first.
    async fn due_timers(&self, now: Timestamp, limit: u32) -> Result<Vec<TimerRow>>;

    /// When the next timer is due.
    async fn next_timer(&self) -> Result<Option<Timestamp>>;

    /// Takes a timer away that has become an event, unless it was set anew.
    async fn drop_timer(&self, timer: &TimerRow) -> Result<()>;

    /// How far a schedule got; writes `first_seen` and returns it if it is new.
    async fn schedule_reached(
        &self,
        installation: &InstallationId,
        name: &str,
        first_seen: Timestamp,
    ) -> Result<Timestamp>;

    /// Notes how far a schedule got.
    async fn reach_schedule(&self, installation: &InstallationId, name: &str, reached: Timestamp) -> Result<()>;

    // Templates

    /// The templates of one account or of all; accounts that were never listed have no book.
    async fn templates(&self, waba: Option<&WabaId>) -> Result<Vec<TemplateBook>>;

    /// Replaces what is known of an account's templates by what was listed, save what a webhook has changed since the
    /// list was asked for, which is `book.read_at`.
    async fn put_templates(&self, book: &TemplateBook) -> Result<()>;

    /// Changes one template, because a webhook says so.
    async fn put_template(&self, template: &Registered, told_at: Timestamp) -> Result<()>;

    /// How much templates were sent, those that were never sent apart.
    async fn template_uses(&self) -> Result<Vec<TemplateUseRow>>;

    /// Sets out to submit a template. Whether nobody else does: a claim whose fate nobody noted lapses after a while.
    /// `again`: though it was submitted or refused before.
    async fn claim_submission(
        &self,
        template: (&WabaId, &str, &str),
        now: Timestamp,
        lapse: Duration,
        again: bool,
    ) -> Result<bool>;

    /// Notes what became of a submission; `None` if it never left, so that anybody may try again.
    async fn settle_submission(
        &self,
        template: (&WabaId, &str, &str),
        outcome: Option<&SubmissionOutcome>,
    ) -> Result<()>;

    /// All submissions.
    async fn submissions(&self) -> Result<Vec<SubmissionRow>>;

    // Notices

    /// Tells the shop what it was not told yet: of a key with an open notice nothing is said. `under`: open notices whose
    /// key begins so and is not among these are over. Returns how many were new.
    async fn tell(&self, under: Option<&str>, notices: &[NoticeRow], now: Timestamp) -> Result<u64>;

    /// Closes notices by their numbers.
    async fn close_notices(&self, seqs: &[i64], now: Timestamp) -> Result<u64>;

    /// Open notices, and those that ended since a moment, oldest first.
    async fn notices(&self, closed_since: Timestamp) -> Result<Vec<NoticeRow>>;

    // Consent

    /// What the verdict on messages to a person is made of; templates that left after `since` are counted.
    async fn standing(&self, contact: &ContactId, since: Timestamp) -> Result<StandingRow>;

    /// Who has this phone number; somebody new where nobody has.
    async fn meet(&self, tenant: &TenantId, phone: &Phone, now: Timestamp) -> Result<ContactId>;

    /// Adds lines to the ledger of consent, all or none; those that were there before are left alone. Returns how many
    /// were new. A running pipeline notices.
    async fn add_consent(&self, entries: Vec<Entry>) -> Result<u64>;

    /// Puts a person on the list of those whom nothing automatic may reach, with a reason; `None` takes them off.
    /// Whether that changed anything. A running pipeline notices.
    async fn suppress(&self, contact: &ContactId, reason: Option<&str>, now: Timestamp) -> Result<bool>;

    // Administration

    /// Grows with each change of numbers, installations, policies or listed templates, by this process or another.
    async fn registry_version(&self) -> Result<i64>;

    /// Adds a number or changes it.
    async fn put_number(&self, number: &NumberRow, now: Timestamp) -> Result<()>;

    /// All numbers.
    async fn numbers(&self) -> Result<Vec<NumberRow>>;

    /// How each registered number stands, and what was last heard of it.
    async fn lives(&self) -> Result<Vec<LifeRow>>;

    /// Writes how a number stands, unless somebody else did since `revision` was read. Whether it was written.
    async fn put_life(&self, number: &NumberId, life: &serde_json::Value, revision: i64) -> Result<bool>;

    /// Adds an installation or changes it, with its component. Where it had another version, that one is kept beside it for
    /// [`VERSION_KEPT`].
    async fn put_installation(&self, installation: &InstallationRow, component: Option<&[u8]>) -> Result<()>;

    /// How installations stand; those of which nothing was written yet have no row.
    async fn installation_lives(&self) -> Result<Vec<FlowLifeRow>>;

    /// Writes how an installation stands, and the state that follows from it, unless somebody else did since `revision`
    /// was read (0 where there was no row). Whether it was written. A running pipeline notices.
    async fn put_installation_life(
        &self,
        installation: &InstallationId,
        life: &Value,
        state: InstallationState,
        revision: i64,
    ) -> Result<bool>;

    /// All installations, in the order in which they are asked.
    async fn installations(&self) -> Result<Vec<InstallationRow>>;

    /// All versions that are kept: those in force, and those that were replaced while something may go on with them.
    async fn versions(&self) -> Result<Vec<VersionRow>>;

    /// Keeps a version that was replaced at least until a moment, because it holds a conversation.
    async fn keep_version(
        &self,
        installation: &InstallationId,
        version: (&str, &Digest256),
        until: Timestamp,
    ) -> Result<()>;

    /// Takes an installation away with its versions, state, timers and schedules. Whether there was one.
    async fn remove_installation(&self, id: &InstallationId) -> Result<bool>;

    /// Puts a tenant's routing policy into force. Returns its version.
    async fn put_policy(&self, tenant: &TenantId, policy: &Value, now: Timestamp) -> Result<i64>;

    /// Puts the policy before the one in force into force again, as a version of its own: taken back once more, it is
    /// the other again. `None` if the tenant never had one.
    async fn roll_back_policy(&self, tenant: &TenantId, now: Timestamp) -> Result<Option<PolicyRow>>;

    /// The last versions of each tenant's policy, newest first; of one tenant, if named.
    async fn policies(&self, tenant: Option<&TenantId>, most: u32) -> Result<Vec<PolicyRow>>;

    /// Events of the message lane that came since a moment, after the place `after`, in order.
    async fn past_events(&self, tenant: &TenantId, since: Timestamp, after: i64, most: u32) -> Result<Vec<PastEvent>>;

    /// A component.
    async fn component(&self, digest: &Digest256) -> Result<Option<Vec<u8>>>;

    /// Runs, newest first.
    async fn runs(&self, limit: u32) -> Result<Vec<RunRecord>>;

    /// The last runs of a kind, newest first.
    async fn find_runs(&self, filter: &RunFilter, limit: u32) -> Result<Vec<RunRow>>;

    /// Runs whose id begins or ends with a part of it, newest first.
    async fn runs_named(&self, part: &str, limit: u32) -> Result<Vec<RunRow>>;

    /// What became of the messages of a run, in their order.
    async fn run_sends(&self, run: &RunId) -> Result<Vec<SendRow>>;

    /// What it takes to run a run again, if that was kept.
    async fn recording(&self, run: &RunId) -> Result<Option<Vec<u8>>>;

    /// What recordings take.
    async fn recordings_kept(&self) -> Result<RecordingsKept>;

    /// Deletes some of the recordings that were made before a moment, and of the oldest that are more than so many bytes
    /// together. Returns how many: ask again until there are none.
    async fn sweep_recordings(&self, made_before: Timestamp, most_bytes: u64) -> Result<u64>;

    /// Takes components away that are neither installed nor those of a run that is kept. Returns how many.
    async fn drop_orphans(&self) -> Result<u64>;

    /// How much waits where.
    async fn backlog(&self) -> Result<Backlog>;

    /// Deletes what was settled before the given moment and keys whose time is up.
    async fn purge(&self, settled_before: Timestamp, now: Timestamp) -> Result<Purged>;

    /// Ends writing; everything accepted before is durable when this returns.
    async fn close(&self);
}
