//! The waiting messages of one number, and which is next.

use std::collections::{BTreeSet, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use ponte_model::{ContactId, ConversationId, InstallationId, NumberId, RunId, SendId, Timestamp, WhenClosed};
use ponte_policy::pacing::{Lane, Lanes, Pace, PairRate};
use ponte_store::{NewSend, OutboxItem, QueuedSend, StoreError};
use tokio::sync::Notify;

use super::attempt::{self, Fate};
use crate::core::Core;

/// So many messages of each lane of a number are kept in memory; the rest wait in the store.
const IN_MEMORY: usize = 1_000;

/// More are fetched when so few of a lane are left.
const REFILL_BELOW: usize = 250;

/// A message that waits for its turn.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) id: SendId,
    pub(crate) conversation: ConversationId,
    pub(crate) installation: Option<InstallationId>,
    pub(crate) run: Option<RunId>,
    pub(crate) item: OutboxItem,
    pub(crate) attempts: u32,
    pub(crate) not_before: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) lane: Lane,
    pub(crate) when_closed: WhenClosed,
}

impl From<NewSend> for Waiting {
    fn from(send: NewSend) -> Self {
        Self {
            id: send.id,
            conversation: send.conversation,
            installation: send.installation,
            run: send.run,
            item: send.item,
            attempts: 0,
            not_before: Timestamp::EPOCH,
            expires_at: send.expires_at,
            lane: Lane::at(send.lane),
            when_closed: send.when_closed,
        }
    }
}

impl From<QueuedSend> for Waiting {
    fn from(send: QueuedSend) -> Self {
        Self {
            id: send.id,
            conversation: send.conversation,
            installation: send.installation,
            run: send.run,
            item: send.item,
            attempts: send.attempts,
            not_before: send.not_before,
            expires_at: send.expires_at,
            lane: Lane::at(send.lane),
            when_closed: send.when_closed,
        }
    }
}

pub(crate) struct Line {
    pub(super) number: NumberId,
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    pace: Pace,
    throughput: u32,
    /// Messages by person, in order. Who is away from their lane is in `later`, or has a request on its way.
    lanes: Lanes<ContactId, Waiting>,
    later: BTreeSet<(Timestamp, ContactId)>,
    in_flight: usize,
    /// Everything in memory or on its way.
    known: HashSet<SendId>,
    /// More of a lane wait in the store than in memory. Nothing is added here then: it is fetched, with what waits
    /// before it for the same person.
    spilled: [bool; Lane::ALL.len()],
    /// Something was committed while the store was being read.
    missed: [bool; Lane::ALL.len()],
    /// When the first of those is due that a rule holds. They wait in the store alone: others go before them.
    held_until: Option<Timestamp>,
}

/// What the line does next.
enum Next {
    Send(Box<Waiting>),
    Fetch(Vec<Lane>),
    WaitUntil(Timestamp),
    Wait,
}

impl Line {
    pub(super) fn new(number: NumberId, throughput: u32, pair: PairRate) -> Self {
        let state = State {
            pace: Pace::new(throughput, pair),
            throughput,
            lanes: Lanes::default(),
            later: BTreeSet::new(),
            in_flight: 0,
            known: HashSet::new(),
            spilled: Default::default(),
            missed: Default::default(),
            held_until: None,
        };
        Self { number, state: Mutex::new(state), changed: Notify::new() }
    }

    pub(super) fn add(&self, waiting: Waiting) {
        let mut state = self.lock();
        let lane = waiting.lane;
        if state.is_spilled() || state.lanes.count(lane) >= IN_MEMORY {
            state.spilled[lane.index()] = true;
            state.missed[lane.index()] = true;
        } else {
            state.push(waiting);
        }
        drop(state);
        self.changed.notify_one();
    }

    /// What waits in the store is to be fetched, whatever its lane.
    pub(super) fn refill_later(&self) {
        let mut state = self.lock();
        (state.spilled, state.missed) = ([true; Lane::ALL.len()], [true; Lane::ALL.len()]);
        drop(state);
        self.changed.notify_one();
    }

    pub(super) fn is_idle(&self) -> bool {
        let state = self.lock();
        state.lanes.is_empty() && state.in_flight == 0 && !state.is_spilled()
    }

    pub(super) fn wake(&self) {
        self.changed.notify_one();
    }

    pub(super) fn note_inbound(&self, now: Timestamp) {
        self.lock().pace.note_inbound(now);
    }

    /// A message that left before this process began.
    pub(super) fn note_left(&self, contact: &ContactId, at: Timestamp) {
        self.lock().pace.take(contact, at);
    }

    pub(super) fn in_flight(&self) -> usize {
        self.lock().in_flight
    }

    pub(super) fn back_off(&self, now: Timestamp, pause: Duration) {
        self.lock().pace.back_off(now, pause);
    }

    /// A rule holds a message; it is in the store.
    pub(super) fn hold(&self, until: Timestamp) {
        let mut state = self.lock();
        state.held_until = earlier(state.held_until, Some(until));
    }

    /// Takes the next place for a message of a person, if nobody waits for it and it could leave now.
    pub(super) fn reserve(
        &self,
        id: &SendId,
        contact: &ContactId,
        paced: bool,
        now: Timestamp,
        most_in_flight: usize,
    ) -> bool {
        let mut state = self.lock();
        let free = !state.is_spilled()
            && state.lanes.nobody_stands()
            && state.in_flight < most_in_flight
            && !state.lanes.knows(contact)
            && (!paced || state.pace.pair_ready_at(contact, now).max(state.pace.ready_at(contact, now)) <= now);
        if free {
            if paced {
                state.pace.take(contact, now);
            }
            state.in_flight += 1;
            state.lanes.away(contact.clone());
            state.known.insert(id.clone());
        }
        free
    }

    /// A message has ended; or it waits again, before those behind it.
    pub(super) fn settled(&self, id: &SendId, contact: &ContactId, again: Option<Waiting>) {
        let mut state = self.lock();
        state.in_flight -= 1;
        state.known.remove(id);
        if let Some(again) = again {
            state.known.insert(again.id.clone());
            state.lanes.put_back(contact, again.lane, again);
        }
        state.lanes.back(contact);
        drop(state);
        self.changed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn push(&mut self, waiting: Waiting) {
        if !self.known.insert(waiting.id.clone()) {
            return;
        }
        self.lanes.push(waiting.conversation.contact.clone(), waiting.lane, waiting);
    }

    fn is_spilled(&self) -> bool {
        self.spilled.contains(&true)
    }

    fn next(&mut self, now: Timestamp, most_in_flight: usize) -> Next {
        let due = self.held_until.is_some_and(|until| until <= now);
        let wanted = |lane: &Lane| due || (self.spilled[lane.index()] && self.lanes.count(*lane) <= REFILL_BELOW);
        let wanted: Vec<Lane> = Lane::ALL.into_iter().filter(wanted).collect();
        if !wanted.is_empty() {
            return Next::Fetch(wanted);
        }
        if self.in_flight >= most_in_flight {
            return Next::Wait;
        }
        while let Some((due, _)) = self.later.first()
            && *due <= now
        {
            let (_, contact) = self.later.pop_first().expect("there is a first");
            self.lanes.back(&contact);
        }
        while let Some(contact) = self.lanes.turn() {
            let Some(head) = self.lanes.head(&contact) else { continue };
            // Read receipts are no messages: they wait for their turn in the chat and for nothing else.
            let paced = matches!(head.item, OutboxItem::Message { .. });
            let due = if paced { self.pace.pair_ready_at(&contact, now) } else { now }.max(head.not_before);
            if due > now {
                self.later.insert((due, contact));
                continue;
            }
            let ready = if paced { self.pace.ready_at(&contact, now) } else { now };
            if ready > now {
                self.lanes.first(&contact);
                return Next::WaitUntil(ready);
            }
            if paced {
                self.pace.take(&contact, now);
            }
            self.in_flight += 1;
            let head = self.lanes.take(&contact).expect("there is a head");
            return Next::Send(Box::new(head));
        }
        match earlier(self.later.first().map(|(due, _)| *due), self.held_until) {
            Some(due) => Next::WaitUntil(due),
            None => Next::Wait,
        }
    }
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

/// Sends what waits, as long as the pipeline runs.
pub(super) async fn run(core: Arc<Core>, line: Arc<Line>) {
    while !core.stopping.is_cancelled() {
        let now = core.clock.now();
        let next = match held(&core, &line, now) {
            Some(Some(until)) => Next::WaitUntil(until),
            Some(None) => Next::Wait,
            None => line.lock().next(now, core.settings.requests_per_number),
        };
        match next {
            Next::Send(waiting) => send(&core, &line, *waiting, false),
            Next::Fetch(lanes) => fetch(&core, &line, &lanes).await,
            Next::WaitUntil(due) => {
                tokio::select! {
                    () = line.changed.notified() => {}
                    () = core.clock.sleep_until(due) => {}
                    () = core.stopping.cancelled() => {}
                }
            }
            Next::Wait => {
                tokio::select! {
                    () = line.changed.notified() => {}
                    () = core.stopping.cancelled() => {}
                }
            }
        }
    }
}

/// Sees a message through that holds its place in the line. `out`: it stands as being sent already.
pub(super) fn send(core: &Arc<Core>, line: &Arc<Line>, waiting: Waiting, out: bool) {
    let (core, line) = (Arc::clone(core), Arc::clone(line));
    core.tasks.clone().spawn(async move {
        let (id, contact) = (waiting.id.clone(), waiting.conversation.contact.clone());
        // A panic of ours must not keep the person's other messages for ever.
        let attempt = AssertUnwindSafe(attempt::send(&core, &line, waiting, out)).catch_unwind();
        let again = match attempt.await {
            Ok(Fate::Ended) | Err(_) => None,
            Ok(Fate::Unsettled) => {
                line.refill_later();
                None
            }
            Ok(Fate::Held(until)) => {
                line.hold(until);
                None
            }
            Ok(Fate::Again(waiting)) => Some(waiting),
        };
        line.settled(&id, &contact, again);
    });
}

/// Whether nothing may leave this number now, and until when, where that is known. Messages wait: nothing is lost, and
/// customers see no error.
pub(super) fn held(core: &Core, line: &Line, now: Timestamp) -> Option<Option<Timestamp>> {
    let registry = core.registry.now();
    let throughput = registry.throughput(&line.number);
    let mut state = line.lock();
    if state.throughput != throughput {
        state.throughput = throughput;
        state.pace.set_throughput(throughput);
    }
    drop(state);
    if core.tokens.of(&line.number).is_none() {
        return Some(None);
    }
    registry.number(&line.number)?.held_at(now)
}

/// Fetches what waits in the store and is due. What was requeued after an error is in memory, due or not, so that a
/// person's messages keep their order; after a start it is fetched when it is due.
async fn fetch(core: &Core, line: &Line, lanes: &[Lane]) {
    let now = core.clock.now();
    // What is put aside while the store is read is not in what it answers.
    line.lock().held_until = None;
    let read = async {
        for lane in lanes {
            fetch_lane(core, line, *lane, now).await?;
        }
        let next = core.store.next_held(&line.number, now).await?;
        let mut state = line.lock();
        state.held_until = earlier(state.held_until, next);
        Ok::<_, StoreError>(())
    };
    match read.await {
        Ok(()) => {}
        Err(error) => {
            tracing::error!(number = %line.number, %error, "the outbox cannot be read; trying again");
            line.hold(now);
            line.back_off(now, Duration::from_secs(1));
            ponte_clock::pause(Duration::from_secs(1)).await;
        }
    }
}

async fn fetch_lane(core: &Core, line: &Line, lane: Lane, now: Timestamp) -> Result<(), StoreError> {
    let most = {
        let mut state = line.lock();
        state.missed[lane.index()] = false;
        // Those in memory stand in the store as well.
        IN_MEMORY + state.known.len()
    };
    let queued = core.store.queued(&line.number, lane.index() as i64, now, most as u32).await?;
    let mut state = line.lock();
    let of_lane = queued.iter().filter(|send| Lane::at(send.lane) == lane).count();
    state.spilled[lane.index()] = of_lane >= most || state.missed[lane.index()];
    queued.into_iter().map(Waiting::from).for_each(|waiting| state.push(waiting));
    Ok(())
}
