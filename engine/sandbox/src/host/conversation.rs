use std::time::Duration;

use ponte_model::{Effect, HandOffTarget, Origin, Owner, Refusal};
use wasmtime::Result;

use crate::bindings::ponte::flow::conversation::{self as wit, Author, AutomaticTexts, Facts, Host, Line, Target};
use crate::convert::{content, instant};
use crate::state::{Answer, RunState};
use crate::{ConversationFacts, PastMessage, Permission, PhoneView, limits};

impl Host for RunState {
    fn get(&mut self) -> Result<Option<Facts>> {
        self.count()?;
        Ok(self.broker.conversation().map(facts))
    }

    async fn recent(&mut self, most: u32) -> Answer<Vec<Line>> {
        self.count()?;
        let lines = self.broker.recent(most.min(limits::RECENT_MESSAGES)).await;
        self.answer("conversation.recent", lines.map(|lines| lines.iter().map(line).collect()))
    }

    fn burst(&mut self) -> Result<Vec<Line>> {
        self.count()?;
        Ok(self.broker.burst().iter().map(line).collect())
    }

    fn phone(&mut self) -> Result<wit::PhoneView> {
        self.count()?;
        Ok(match self.broker.phone() {
            PhoneView::Seen => wit::PhoneView::Seen,
            PhoneView::Unseen => wit::PhoneView::Unseen,
            PhoneView::None => wit::PhoneView::None,
        })
    }

    fn hand_off(&mut self, to: Target, note: String) -> Answer<()> {
        let to = match to {
            Target::App => HandOffTarget::App,
            Target::Team => HandOffTarget::Team,
        };
        self.host_call("conversation.hand-off", Permission::Conversation, |run| {
            run.needs_conversation()?;
            run.collect(Effect::HandOff { to, note: note.clone() })?;
            run.broker.handed_off(to, &note);
            Ok(())
        })
    }

    fn hold(&mut self, age: u32) -> Answer<()> {
        self.host_call("conversation.hold", Permission::Conversation, |run| {
            run.needs_conversation()?;
            let age = Duration::from_secs(age.into());
            if age.is_zero() || age > limits::HOLD_LONGEST {
                let longest = limits::HOLD_LONGEST.as_secs();
                return Err(Refusal::invalid("age", format!("from 1 to {longest} seconds; hold it again for longer")));
            }
            run.broker.may_hold()?;
            run.collect(Effect::Hold { until: run.request.event.at.plus(age) }).map(drop)
        })
    }

    fn automatic(&mut self) -> Result<AutomaticTexts> {
        self.count()?;
        let known = self.broker.automatic();
        Ok(AutomaticTexts {
            away_expected: known.away_expected,
            last: known.last.map(instant),
            last_away: known.last_away.map(instant),
        })
    }

    fn release(&mut self) -> Answer<()> {
        self.host_call("conversation.release", Permission::Conversation, |run| {
            run.needs_conversation()?;
            match run.broker.conversation().map(|facts| facts.owner) {
                Some(owner) if owner.is_person() => Err(Refusal::OwnedByPerson { owner }),
                _ => run.collect(Effect::Release).map(drop),
            }
        })
    }
}

fn facts(facts: ConversationFacts) -> Facts {
    Facts {
        owner: match facts.owner {
            Owner::Nobody => wit::Owner::Nobody,
            Owner::Flow => wit::Owner::Flow,
            Owner::App => wit::Owner::App,
            Owner::Team => wit::Owner::Team,
        },
        window_until: facts.window_until.map(instant),
        last_customer_message: facts.last_customer_message.map(instant),
        last_app_message: facts.last_app_message.map(instant),
        customer_messages: facts.customer_messages,
    }
}

fn line(message: &PastMessage) -> Line {
    Line {
        id: message.id.to_string(),
        at: instant(message.at),
        author: match message.origin {
            Origin::Customer => Author::Customer,
            Origin::App => Author::App,
            Origin::Api | Origin::System => Author::Api,
        },
        content: content(&message.content),
    }
}
