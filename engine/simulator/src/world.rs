//! Who and what exists: accounts, numbers, people, chats, messages.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use ponte_model::{MessageId, NumberId, Phone, Timestamp, UserId, WabaId};
use serde_json::Value;

use crate::config::{Config, Mode, NumberSetup};
use crate::ids;
use crate::people::{AutoReply, Received};
use crate::rules::rates::{PairRate, Throughput};
use crate::rules::window::Windows;
use crate::template::Template;

/// Who and what exists.
pub(crate) struct World {
    pub(crate) rng: fastrand::Rng,
    pub(crate) accounts: HashMap<WabaId, Account>,
    pub(crate) numbers: HashMap<NumberId, Number>,
    people: HashMap<Phone, Person>,
    /// Digits that lead to a person under another number: `wa_id` may differ from what was dialled.
    dialled: HashMap<Phone, Phone>,
    /// BSUIDs that some number of a portfolio has met.
    user_ids: HashMap<UserId, (Arc<str>, Phone)>,
    messages: HashMap<MessageId, Fact>,
    keep: usize,
    strangers_on_whatsapp: bool,
}

/// A WABA.
pub(crate) struct Account {
    pub(crate) portfolio: Arc<str>,
    pub(crate) numbers: Vec<NumberId>,
    pub(crate) templates: Vec<Template>,
    pub(crate) subscribed: bool,
}

/// A business phone number.
pub(crate) struct Number {
    pub(crate) setup: NumberSetup,
    pub(crate) waba: WabaId,
    pub(crate) portfolio: Arc<str>,
    pub(crate) link: Link,
    pub(crate) throughput: Throughput,
    pub(crate) auto_reply: Option<AutoReply>,
    chats: HashMap<Phone, Chat>,
}

/// Whether a number is on the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    Up,
    /// The owner changed phones or reinstalled; comes back by itself.
    Offboarded,
    /// The link was ended.
    Ended,
}

/// One number and one person.
#[derive(Default)]
pub(crate) struct Chat {
    pub(crate) windows: Windows,
    pub(crate) pair: PairRate,
    pub(crate) marketing_stopped: bool,
    pub(crate) auto_replied: Option<Timestamp>,
    pub(crate) unread: Vec<Arc<Outgoing>>,
}

/// Somebody with WhatsApp.
pub(crate) struct Person {
    pub(crate) name: String,
    /// Once a username is adopted, strangers no longer see the phone.
    pub(crate) username: Option<String>,
    pub(crate) inbox: VecDeque<Arc<Received>>,
    /// Whether messages to this phone arrive anywhere.
    pub(crate) on_whatsapp: bool,
}

/// How a business sees a person.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) phone: Phone,
    pub(crate) user_id: UserId,
    pub(crate) name: String,
    pub(crate) username: Option<String>,
}

impl Profile {
    /// The phone, unless a username hides it.
    pub(crate) fn visible_phone(&self) -> Option<&Phone> {
        self.username.is_none().then_some(&self.phone)
    }
}

/// What is remembered of a message.
pub(crate) struct Fact {
    pub(crate) number: NumberId,
    pub(crate) customer: Phone,
    pub(crate) at: Timestamp,
    pub(crate) by_customer: bool,
    pub(crate) reaction: bool,
    pub(crate) revoked: bool,
}

/// A message sent over the API and accepted: what its statuses say.
pub(crate) struct Outgoing {
    pub(crate) id: MessageId,
    pub(crate) waba: WabaId,
    pub(crate) number: NumberId,
    pub(crate) metadata: Value,
    pub(crate) profile: Profile,
    pub(crate) callback: Option<String>,
    pub(crate) pricing: Value,
    /// Until when everything is free for a person who came by an ad.
    pub(crate) free_until: Option<Timestamp>,
    pub(crate) reaction: bool,
}

impl World {
    pub(crate) fn new(config: &Config) -> Self {
        let mut world = Self {
            rng: fastrand::Rng::with_seed(config.seed.wrapping_add(2)),
            accounts: HashMap::new(),
            numbers: HashMap::new(),
            people: HashMap::new(),
            dialled: HashMap::new(),
            user_ids: HashMap::new(),
            messages: HashMap::new(),
            keep: config.keep.max(1),
            strangers_on_whatsapp: config.strangers_on_whatsapp,
        };
        for waba in &config.wabas {
            let portfolio: Arc<str> = waba.portfolio.as_str().into();
            for setup in &waba.numbers {
                let number = Number {
                    setup: setup.clone(),
                    waba: waba.id.clone(),
                    portfolio: Arc::clone(&portfolio),
                    link: Link::Up,
                    throughput: Throughput::new(setup.messages_per_second),
                    auto_reply: None,
                    chats: HashMap::new(),
                };
                world.numbers.insert(setup.id.clone(), number);
            }
            let account = Account {
                portfolio,
                numbers: waba.numbers.iter().map(|number| number.id.clone()).collect(),
                templates: waba.templates.clone(),
                subscribed: !config.require_subscription,
            };
            world.accounts.insert(waba.id.clone(), account);
        }
        world
    }

    pub(crate) fn new_message_id(&mut self, phone: &Phone) -> MessageId {
        ids::message_id(&mut self.rng, phone)
    }

    /// The person with this phone, who from now on exists.
    pub(crate) fn person(&mut self, phone: &Phone) -> &mut Person {
        let on_whatsapp = self.strangers_on_whatsapp;
        self.people.entry(phone.clone()).or_insert_with(|| {
            let digits = phone.as_str();
            let tail = digits.get(digits.len().saturating_sub(4)..).unwrap_or(digits);
            Person { name: format!("Cliente {tail}"), username: None, inbox: VecDeque::new(), on_whatsapp }
        })
    }

    /// What `number` and the person with `phone` have in common, and how that number sees the person.
    pub(crate) fn chat(&mut self, number: &NumberId, phone: &Phone) -> Option<(&mut Number, Profile)> {
        let person = self.person(phone);
        let (name, username) = (person.name.clone(), person.username.clone());
        let number = self.numbers.get_mut(number)?;
        let user_id = ids::user_id(&number.portfolio, phone);
        if !number.chats.contains_key(phone) {
            number.chats.insert(phone.clone(), Chat::default());
            self.user_ids.insert(user_id.clone(), (Arc::clone(&number.portfolio), phone.clone()));
        }
        Some((number, Profile { phone: phone.clone(), user_id, name, username }))
    }

    /// Whose BSUID this is, in `portfolio`.
    pub(crate) fn phone_of(&self, user_id: &UserId, portfolio: &str) -> Option<&Phone> {
        self.user_ids.get(user_id).filter(|(owner, _)| **owner == *portfolio).map(|(_, phone)| phone)
    }

    /// Who answers when these digits are dialled.
    pub(crate) fn dial(&self, digits: &Phone) -> Phone {
        self.dialled.get(digits).unwrap_or(digits).clone()
    }

    pub(crate) fn alias(&mut self, digits: Phone, phone: Phone) {
        self.dialled.insert(digits, phone);
    }

    pub(crate) fn remember(&mut self, id: MessageId, fact: Fact) {
        self.messages.insert(id, fact);
    }

    pub(crate) fn message(&self, id: &MessageId) -> Option<&Fact> {
        self.messages.get(id)
    }

    pub(crate) fn revoke(&mut self, id: &MessageId) {
        if let Some(fact) = self.messages.get_mut(id) {
            fact.revoked = true;
        }
    }

    /// Puts a message onto the person's phone.
    pub(crate) fn receive(&mut self, phone: &Phone, message: Received) {
        let keep = self.keep;
        let inbox = &mut self.person(phone).inbox;
        inbox.push_back(Arc::new(message));
        if inbox.len() > keep {
            inbox.pop_front();
        }
    }
}

impl Number {
    /// The chat with a person; it begins with this call if need be.
    pub(crate) fn with(&mut self, phone: &Phone) -> &mut Chat {
        self.chats.entry(phone.clone()).or_default()
    }

    pub(crate) fn in_app(&self) -> bool {
        self.setup.mode == Mode::Coexistence
    }
}
