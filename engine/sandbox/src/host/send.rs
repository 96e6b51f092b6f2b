use std::time::Duration;

use ponte_model::send::{Header, Interactive, Outbound, Payload};
use ponte_model::{ContactId, Effect, MessageId, Refusal, WhenClosed};

use crate::Permission;
use crate::bindings::ponte::flow::send::{ClosedChoice, Host, Param, Section};
use crate::bindings::ponte::flow::types::{Choice, Location, Media};
use crate::convert;
use crate::state::{Answer, Refusable, RunState};

impl Host for RunState {
    async fn text(&mut self, to: String, body: String) -> Answer<u32> {
        self.send("send.text", to, Ok(Payload::Text { body, preview_url: None })).await
    }

    async fn file(&mut self, to: String, media: Media) -> Answer<u32> {
        self.send("send.file", to, Ok(convert::file(media, None))).await
    }

    async fn file_link(&mut self, to: String, url: String, media: Media) -> Answer<u32> {
        self.send("send.file-link", to, Ok(convert::file(media, Some(url)))).await
    }

    async fn place(&mut self, to: String, place: Location) -> Answer<u32> {
        self.send("send.place", to, convert::place(place)).await
    }

    async fn buttons(&mut self, to: String, body: String, choices: Vec<Choice>) -> Answer<u32> {
        self.send("send.buttons", to, Ok(convert::buttons(body, choices))).await
    }

    async fn options(&mut self, to: String, body: String, button: String, sections: Vec<Section>) -> Answer<u32> {
        self.send("send.options", to, Ok(convert::options(body, button, sections))).await
    }

    async fn template(&mut self, to: String, name: String, language: String, params: Vec<Param>) -> Answer<u32> {
        self.send("send.template", to, Ok(convert::template(name, language, params))).await
    }

    async fn react(&mut self, to: String, message: String, emoji: String) -> Answer<u32> {
        self.send("send.react", to, Ok(Payload::Reaction { message_id: message.into(), emoji })).await
    }

    async fn other(&mut self, to: String, json: String) -> Answer<u32> {
        self.send("send.other", to, convert::payload(&json)).await
    }

    fn seen(&mut self, message: String, typing: bool) -> Answer<()> {
        self.host_call("send.seen", Permission::Send, |run| {
            run.collect(Effect::MarkRead { message_id: message.into(), typing }).map(drop)
        })
    }

    fn quote(&mut self, effect: u32, message: String) -> Answer<()> {
        self.amend("send.quote", effect, |outbound| {
            outbound.reply_to = Some(MessageId::new(message));
            Ok(())
        })
    }

    fn header(&mut self, effect: u32, text: String) -> Answer<()> {
        self.amend("send.header", effect, |outbound| {
            tappable(outbound)?.header = Some(Header::Text(text));
            Ok(())
        })
    }

    fn footer(&mut self, effect: u32, text: String) -> Answer<()> {
        self.amend("send.footer", effect, |outbound| {
            tappable(outbound)?.footer = Some(text);
            Ok(())
        })
    }

    fn when_closed(&mut self, effect: u32, choice: ClosedChoice) -> Answer<()> {
        let choice = match choice {
            ClosedChoice::Refuse => WhenClosed::Refuse,
            ClosedChoice::Hold => WhenClosed::Hold,
            ClosedChoice::HandOff => WhenClosed::HandOff,
            ClosedChoice::Drop => WhenClosed::Drop,
        };
        self.choose("send.when-closed", effect, Ok(choice))
    }

    fn when_closed_template(&mut self, effect: u32, name: String, language: String, params: Vec<Param>) -> Answer<()> {
        let choice = match convert::template(name, language, params) {
            Payload::Template(template) => Ok(WhenClosed::Template { template: Box::new(template) }),
            _ => Err(Refusal::invalid("effect", "this is no template")),
        };
        self.choose("send.when-closed-template", effect, choice)
    }

    fn expire_after(&mut self, effect: u32, age: u32) -> Answer<()> {
        self.host_call("send.expire-after", Permission::Send, |run| {
            let by = run.request.event.at.plus(Duration::from_secs(age.into()));
            let (_, expires_at) = sent(&mut run.effects, effect)?;
            *expires_at = Some(by);
            Ok(())
        })
    }
}

impl RunState {
    async fn send(&mut self, call: &str, to: String, payload: Refusable<Payload>) -> Answer<u32> {
        let allowed = self.begin(Permission::Send)?;
        let result = match allowed.and(payload) {
            Ok(payload) => self.propose(ContactId::new(to), payload).await,
            Err(refusal) => Err(refusal),
        };
        self.answer(call, result)
    }

    async fn propose(&mut self, contact: ContactId, payload: Payload) -> Refusable<u32> {
        self.room()?;
        let to = self.broker.propose(&contact, &payload, None).await?;
        let message = Box::new(Outbound { to, reply_to: None, payload });
        self.collect(Effect::Send { contact, message, expires_at: None, when_closed: None })
    }

    /// Sets what becomes of a collected message if it finds the window closed.
    fn choose(&mut self, call: &str, effect: u32, choice: Refusable<WhenClosed>) -> Answer<()> {
        self.host_call(call, Permission::Send, |run| {
            let choice = choice?;
            let (message, _) = sent(&mut run.effects, effect)?;
            if !message.payload.is_free_form() {
                return Err(Refusal::invalid("effect", "a template needs no open window"));
            }
            if let WhenClosed::Template { template } = &choice {
                // Fits as a message of its own would.
                let payload = Payload::Template(template.as_ref().clone());
                let instead = Outbound { payload, ..message.as_ref().clone() };
                run.broker.amended(&instead)?;
            }
            if let Some(Effect::Send { when_closed, .. }) = run.effects.get_mut(effect as usize) {
                *when_closed = Some(choice);
            }
            Ok(())
        })
    }

    /// Changes a collected message; as it was if the change does not fit.
    fn amend(&mut self, call: &str, effect: u32, change: impl FnOnce(&mut Outbound) -> Refusable<()>) -> Answer<()> {
        self.host_call(call, Permission::Send, |run| {
            let (message, _) = sent(&mut run.effects, effect)?;
            let mut amended = message.clone();
            change(&mut amended)?;
            run.broker.amended(&amended)?;
            *message = amended;
            Ok(())
        })
    }
}

/// The message of an effect, and when it expires.
fn sent(effects: &mut [Effect], number: u32) -> Refusable<(&mut Box<Outbound>, &mut Option<ponte_model::Timestamp>)> {
    match effects.get_mut(number as usize) {
        Some(Effect::Send { message, expires_at, .. }) => Ok((message, expires_at)),
        _ => Err(Refusal::invalid("effect", format!("{number} is no message of this run; take what `send` returned"))),
    }
}

fn tappable(outbound: &mut Outbound) -> Refusable<&mut Interactive> {
    match &mut outbound.payload {
        Payload::Interactive(interactive) => Ok(interactive),
        other => Err(Refusal::invalid(
            "effect",
            format!("a {} has no header or footer; messages with buttons or a list have", other.kind()),
        )),
    }
}
