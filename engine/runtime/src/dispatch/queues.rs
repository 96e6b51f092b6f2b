//! Which event is next: serial in a conversation, fair between tenants, then between numbers.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use ponte_model::TenantId;
use ponte_store::Pending;

/// What must stay in order: a conversation, or something else that has one order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ChatKey {
    pub(crate) tenant: TenantId,
    /// The number, or empty where there is none.
    pub(crate) number: String,
    /// The person, or what else tells chats of a number apart.
    pub(crate) chat: String,
}

impl ChatKey {
    pub(crate) fn of(pending: &Pending) -> Self {
        let event = &pending.event;
        let number = event.number_id.as_ref().map_or_else(String::new, |id| id.as_str().to_owned());
        let chat = match &pending.contact {
            Some(contact) => contact.as_str().to_owned(),
            None => event.body.kind().to_owned(),
        };
        Self { tenant: pending.tenant.clone(), number, chat }
    }
}

/// Takes turns: each key that has something is asked once before any is asked again.
#[derive(Debug)]
struct Turns<K, V> {
    order: VecDeque<K>,
    waiting: HashMap<K, V>,
}

impl<K, V> Default for Turns<K, V> {
    fn default() -> Self {
        Self { order: VecDeque::new(), waiting: HashMap::new() }
    }
}

impl<K: Clone + Eq + Hash, V: Default> Turns<K, V> {
    fn entry(&mut self, key: &K) -> &mut V {
        if !self.waiting.contains_key(key) {
            self.order.push_back(key.clone());
        }
        self.waiting.entry(key.clone()).or_default()
    }

    /// Lets the next key give one; it goes to the end of the line, or out of it when `give` says that it is empty.
    fn next<T>(&mut self, give: impl FnOnce(&mut V) -> (Option<T>, bool)) -> Option<T> {
        let key = self.order.pop_front()?;
        let (given, empty) = give(self.waiting.get_mut(&key)?);
        if empty {
            self.waiting.remove(&key);
        } else {
            self.order.push_back(key);
        }
        given
    }
}

#[derive(Debug, Default)]
struct Chat {
    waiting: VecDeque<Pending>,
    busy: bool,
}

/// Events that wait.
#[derive(Debug, Default)]
pub(crate) struct Queues {
    chats: HashMap<ChatKey, Chat>,
    /// Chats that have an event and are not busy, by tenant and number.
    ready: Turns<TenantId, Turns<String, VecDeque<ChatKey>>>,
}

impl Queues {
    pub(crate) fn push(&mut self, pending: Pending) {
        let key = ChatKey::of(&pending);
        let chat = self.chats.entry(key.clone()).or_default();
        // Webhooks that arrive together are handed on as their commits come back: the inbox knows their order.
        let place = chat.waiting.iter().rposition(|before| before.seq < pending.seq).map_or(0, |last| last + 1);
        chat.waiting.insert(place, pending);
        if !chat.busy && chat.waiting.len() == 1 {
            self.make_ready(key);
        }
    }

    /// The next event. Its chat is busy until [`Queues::done`].
    pub(crate) fn pop(&mut self) -> Option<(ChatKey, Pending)> {
        let key = self.ready.next(|numbers| {
            let key = numbers.next(|chats| (chats.pop_front(), chats.is_empty()));
            (key, numbers.order.is_empty())
        })?;
        let chat = self.chats.get_mut(&key)?;
        chat.busy = true;
        let pending = chat.waiting.pop_front()?;
        Some((key, pending))
    }

    pub(crate) fn done(&mut self, key: ChatKey) {
        let Some(chat) = self.chats.get_mut(&key) else { return };
        chat.busy = false;
        if chat.waiting.is_empty() {
            self.chats.remove(&key);
        } else {
            self.make_ready(key);
        }
    }

    fn make_ready(&mut self, key: ChatKey) {
        self.ready.entry(&key.tenant).entry(&key.number).push_back(key);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::Arc;

    use ponte_model::{Body, Content, Event, Lane, Message, Origin, Timestamp};
    use proptest::prelude::*;

    use super::*;

    fn pending(seq: i64, tenant: &str, number: &str, contact: &str) -> Pending {
        let event = Event {
            key: seq.to_string().into(),
            origin: Origin::Customer,
            lane: Lane::Message,
            waba_id: None,
            number_id: Some(number.into()),
            contact: None,
            message_id: None,
            at: Timestamp::EPOCH,
            body: Body::Message(Message::of(Content::Welcome)),
        };
        Pending {
            seq,
            tenant: tenant.into(),
            contact: Some(contact.into()),
            attempts: 0,
            not_before: Timestamp::EPOCH,
            listener: None,
            event: Arc::new(event),
        }
    }

    #[test]
    fn a_noisy_tenant_delays_another_by_one_turn() {
        let mut queues = Queues::default();
        for seq in 0..10_000 {
            queues.push(pending(seq, "noisy", "1", &seq.to_string()));
        }
        queues.push(pending(10_000, "quiet", "2", "x"));
        let position = (0..).find(|_| queues.pop().unwrap().1.seq == 10_000).unwrap();
        assert!(position <= 1, "the quiet tenant waited {position} turns");
    }

    #[test]
    fn a_noisy_number_delays_another_of_its_tenant_by_one_turn() {
        let mut queues = Queues::default();
        for seq in 0..1_000 {
            queues.push(pending(seq, "t", "1", &seq.to_string()));
        }
        queues.push(pending(1_000, "t", "2", "x"));
        let position = (0..).find(|_| queues.pop().unwrap().1.seq == 1_000).unwrap();
        assert!(position <= 1, "the quiet number waited {position} turns");
    }

    proptest! {
        /// However pushes, pops and ends interleave: nothing is lost, a chat is in one hand at a time and in order.
        #[test]
        fn serial_in_order_and_complete(steps in proptest::collection::vec((0u8..3, 0u8..2, 0u8..2, 0u8..3), 1..200)) {
            let mut queues = Queues::default();
            let (mut pushed, mut popped) = (0, 0);
            let mut busy: BTreeMap<String, ChatKey> = BTreeMap::new();
            let mut last: BTreeMap<String, i64> = BTreeMap::new();
            let mut seen = BTreeSet::new();
            for (what, tenant, number, contact) in steps {
                match what {
                    0 => {
                        queues.push(pending(pushed, &tenant.to_string(), &number.to_string(), &contact.to_string()));
                        pushed += 1;
                    }
                    1 => if let Some((key, event)) = queues.pop() {
                        let name = format!("{key:?}");
                        prop_assert!(busy.insert(name.clone(), key).is_none(), "two hands in one chat");
                        prop_assert!(last.insert(name, event.seq).is_none_or(|before| before < event.seq));
                        prop_assert!(seen.insert(event.seq));
                        popped += 1;
                    },
                    _ => if let Some((_, key)) = busy.pop_first() { queues.done(key) },
                }
            }
            while popped < pushed {
                while let Some((_, key)) = busy.pop_first() { queues.done(key); }
                let (key, event) = queues.pop().expect("an event was lost");
                prop_assert!(seen.insert(event.seq));
                busy.insert(String::new(), key);
                popped += 1;
            }
        }
    }
}
