//! A chat to ask about.

use ponte_model::{Body, Content, Event, Lane, Message, Origin, Owner, Timestamp};
use ponte_policy::{
    Candidate, Decision, HoursCondition, NumberTraits, Person, Question, Routing, RoutingPolicy, Trigger, route,
};

#[derive(Clone)]
pub(crate) struct Chat<'a> {
    pub(crate) contact: &'a str,
    pub(crate) phone: &'a str,
    pub(crate) tags: Vec<String>,
    pub(crate) sector: Option<&'a str>,
    pub(crate) unit: Option<&'a str>,
    pub(crate) owner: Owner,
    pub(crate) at: &'a str,
    pub(crate) text: &'a str,
    /// Instead of the text.
    pub(crate) message: Option<Message>,
    pub(crate) first_contact: bool,
    pub(crate) campaign: Option<&'a str>,
}

impl Default for Chat<'_> {
    fn default() -> Self {
        Self {
            contact: "con_1",
            phone: "5511911112222",
            tags: Vec::new(),
            sector: None,
            unit: None,
            owner: Owner::Nobody,
            // A Monday, noon in São Paulo.
            at: "2026-11-23T15:00:00Z",
            text: "oi",
            message: None,
            first_contact: false,
            campaign: None,
        }
    }
}

pub(crate) fn routing(toml: &str) -> Routing {
    Routing::compile(&RoutingPolicy::from_toml(toml).unwrap_or_else(|error| panic!("{error}"))).unwrap()
}

impl Chat<'_> {
    pub(crate) fn decide(&self, routing: &Routing) -> Decision {
        self.ask(|question| route(routing, question))
    }

    /// Asks about a message of this chat, where `menu`, `night` and `boletos` are installed.
    pub(crate) fn ask<T>(&self, ask: impl FnOnce(&Question<'_>) -> T) -> T {
        let at: Timestamp = serde_json::from_value(self.at.into()).unwrap();
        let message = self.message.clone().unwrap_or_else(|| Message::of(Content::Text { body: self.text.into() }));
        let event = Event {
            key: "k".into(),
            origin: Origin::Customer,
            lane: Lane::Message,
            waba_id: None,
            number_id: Some("1".into()),
            contact: None,
            message_id: None,
            at,
            body: Body::Message(message),
        };
        let trigger = Trigger {
            events: ["message".to_owned()].into(),
            hours: HoursCondition::Any,
            follow_up: false,
            people: None,
        };
        let names = ["menu".into(), "night".into(), "boletos".into()];
        let candidates: Vec<_> = names
            .iter()
            .map(|installation| Candidate {
                installation,
                trigger: &trigger,
                open: None,
                owner: self.owner,
                paused: None,
            })
            .collect();
        let (id, contact, phone) = ("1".into(), self.contact.into(), self.phone.into());
        ask(&Question {
            event: &event,
            number: Some(NumberTraits {
                id: &id,
                sector: self.sector,
                unit: self.unit,
                app_only: false,
                locked: false,
            }),
            owner: self.owner,
            holder: None,
            person: Person { id: Some(&contact), phone: Some(&phone), user_id: None, tags: &self.tags },
            first_contact: self.first_contact,
            heard_last: None,
            campaign: self.campaign,
            candidates: &candidates,
        })
    }
}
