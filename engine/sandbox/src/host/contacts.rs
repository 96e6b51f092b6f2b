use ponte_model::{ContactId, Effect};

use crate::bindings::ponte::flow::contacts::{Contact, Host};
use crate::state::{Answer, RunState, name};
use crate::{ContactRecord, Permission, limits};

impl Host for RunState {
    async fn get(&mut self, id: String) -> Answer<Option<Contact>> {
        let result = match self.begin(Permission::Contacts)? {
            Ok(()) => self.broker.contact(&ContactId::new(id)).await,
            Err(refusal) => Err(refusal),
        };
        self.answer("contacts.get", result.map(|known| known.map(convert)))
    }

    async fn named(&mut self, setting: String) -> Answer<Vec<Contact>> {
        let result = match self.begin(Permission::Contacts)? {
            Ok(()) => self.broker.named(&setting).await,
            Err(refusal) => Err(refusal),
        };
        self.answer("contacts.named", result.map(|known| known.into_iter().map(convert).collect()))
    }

    fn tag(&mut self, tag: String) -> Answer<()> {
        self.host_call("contacts.tag", Permission::Contacts, |run| {
            name("tag", &tag, limits::NAME_BYTES)?;
            run.needs_contact()?;
            run.collect(Effect::Tag { tag }).map(drop)
        })
    }

    fn untag(&mut self, tag: String) -> Answer<()> {
        self.host_call("contacts.untag", Permission::Contacts, |run| {
            name("tag", &tag, limits::NAME_BYTES)?;
            run.needs_contact()?;
            run.collect(Effect::Untag { tag }).map(drop)
        })
    }
}

fn convert(contact: ContactRecord) -> Contact {
    let ContactRecord { id, name, username, phone, tags } = contact;
    Contact { id: id.into_string(), name, username, phone: phone.map(|phone| phone.into_string()), tags }
}
