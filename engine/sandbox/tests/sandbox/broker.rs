//! A broker made of maps, and a request to go with it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ponte_model::send::{Outbound, Payload, Recipient};
use ponte_model::{
    Body, ContactId, Content, Event, EventKey, Lane, Message, MessageId, NumberId, Origin, OutsideAnswer, OutsideCall,
    Owner, Phone, Refusal, RunId, StateScope, Timestamp,
};
use ponte_sandbox::{
    AutomaticTexts, Broker, ContactRecord, ConversationFacts, LocalTime, PastMessage, Period, PermissionSet, PhoneView,
    RunRequest,
};

/// Answers from its fields; allows every message but the one that says `forbidden`.
#[derive(Default)]
pub(crate) struct Maps {
    pub(crate) state: BTreeMap<(StateScope, String), Vec<u8>>,
    /// Panics when it is asked for a verdict.
    pub(crate) broken: bool,
    /// Never answers when it is asked for a verdict.
    pub(crate) stuck: bool,
    pub(crate) refuse: Option<Refusal>,
    /// What somebody outside answers, and how long that takes.
    pub(crate) outside: Option<(OutsideAnswer, std::time::Duration)>,
}

#[async_trait]
impl Broker for Maps {
    async fn propose(&mut self, _: &ContactId, _: &Payload, _: Option<&MessageId>) -> Result<Recipient, Refusal> {
        assert!(!self.broken, "the broker is broken");
        if self.stuck {
            std::future::pending::<()>().await;
        }
        match &self.refuse {
            Some(refusal) => Err(refusal.clone()),
            None => Ok(Recipient::Phone(Phone::from("5511999990000"))),
        }
    }

    fn amended(&mut self, message: &Outbound) -> Result<(), Refusal> {
        match &message.payload {
            Payload::Interactive(card) if card.footer.as_deref().is_some_and(|footer| footer.len() > 60) => {
                Err(Refusal::invalid("footer", "longer than 60 characters"))
            }
            _ => Ok(()),
        }
    }

    async fn state(&mut self, scope: StateScope, key: &str) -> Result<Option<Vec<u8>>, Refusal> {
        tokio::task::yield_now().await;
        Ok(self.state.get(&(scope, key.to_owned())).cloned())
    }

    async fn contact(&mut self, id: &ContactId) -> Result<Option<ContactRecord>, Refusal> {
        let tags = vec!["vip".to_owned()];
        Ok(Some(ContactRecord { id: id.clone(), name: Some("Ana".into()), username: None, phone: None, tags }))
    }

    fn conversation(&self) -> Option<ConversationFacts> {
        Some(ConversationFacts {
            owner: Owner::Flow,
            window_until: None,
            last_customer_message: None,
            last_app_message: None,
            customer_messages: 1,
        })
    }

    fn may_hold(&self) -> Result<(), Refusal> {
        self.refuse.clone().map_or(Ok(()), Err)
    }

    fn automatic(&self) -> AutomaticTexts {
        AutomaticTexts { away_expected: true, last: Some(Timestamp::from_secs(7)), last_away: None }
    }

    async fn recent(&mut self, most: u32) -> Result<Vec<PastMessage>, Refusal> {
        let line = |n: u32| PastMessage {
            id: MessageId::new(format!("wamid.{n}")),
            at: Timestamp::from_secs(n.into()),
            origin: Origin::Customer,
            content: Content::Text { body: n.to_string() },
        };
        Ok((0..most).map(line).collect())
    }

    fn burst(&self) -> Vec<PastMessage> {
        let content = Content::Text { body: "olá".into() };
        vec![PastMessage { id: "wamid.1".into(), at: Timestamp::EPOCH, origin: Origin::Customer, content }]
    }

    fn phone(&self) -> PhoneView {
        PhoneView::Unseen
    }

    async fn named(&mut self, setting: &str) -> Result<Vec<ContactRecord>, Refusal> {
        Ok(self.contact(&ContactId::from(setting)).await?.into_iter().collect())
    }

    async fn outside(&mut self, call: OutsideCall) -> Result<OutsideAnswer, Refusal> {
        let (answer, pause) = self.outside.clone().ok_or_else(|| Refusal::Denied { permission: call.name().into() })?;
        ponte_clock::pause(pause).await;
        Ok(answer)
    }

    fn period(&self, at: Timestamp) -> Result<Period, Refusal> {
        Ok(Period { open: true, since: Some(at), until: None })
    }

    fn local_time(&self, _: Timestamp) -> Result<LocalTime, Refusal> {
        Ok(LocalTime { year: 2026, month: 11, day: 23, weekday: 1, hour: 22, minute: 10, day_number: 20_780 })
    }

    fn setting(&self, key: &str) -> Option<String> {
        (key == "name").then(|| "\"Loja\"".to_owned())
    }

    fn text(&self, key: &str, language: &str) -> Option<String> {
        Some(format!("{key} in {language}"))
    }
}

/// A customer's "olá".
pub(crate) fn request() -> RunRequest {
    let event = Event {
        key: EventKey::from("wamid.1"),
        origin: Origin::Customer,
        lane: Lane::Message,
        waba_id: None,
        number_id: Some(NumberId::from("1055")),
        contact: None,
        message_id: Some("wamid.1".into()),
        at: Timestamp::from_secs(1_800_000_000),
        body: Body::Message(Message::of(Content::Text { body: "olá".into() })),
    };
    RunRequest {
        run: RunId::from("run_1"),
        event,
        contact: Some(ContactId::from("con_1")),
        attempt: 0,
        random_seed: [7; 32],
        permissions: PermissionSet::all(),
    }
}
