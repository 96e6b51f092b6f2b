//! What the platform says about people outside their chats: the phone's address book, marketing preferences, new ids.

use ponte_model::{AppContact, Body, Contact, ContactName, Event, IdentityChange, Lane, Origin, Preference};

use super::content::time_of;
use super::json::Object;
use super::person::PERSON;
use super::scope::{Scope, Why, named};

/// An item of `state_sync`: a contact of the phone's address book was added, edited or removed.
/// Source: Meta, webhooks/reference/smb_app_state_sync.
pub(super) fn app_contact(scope: &Scope<'_>, item: &Object<'_>) -> Result<Event, Why> {
    if let Some(kind) = item.word("type").filter(|kind| kind != "contact") {
        return Err(format!("the app synchronises something this version does not know: {kind:?}").into());
    }
    let contact = item.object("contact").ok_or("a change in the address book without the contact")?;
    let action = item.word("action").ok_or("it does not say what was done to the contact")?;
    let metadata = item.object("metadata");
    let when = metadata.as_ref().and_then(|metadata| metadata.word("timestamp")).unwrap_or_default();
    let person = named(Contact {
        name: ContactName { display: contact.text("full_name"), username: contact.text("username") },
        ..PERSON.of(&contact)
    })
    .ok_or("a contact with neither a phone number nor a user id")?;
    let key = scope.key("app_contact", &[&alias_of(&person), &action, &when]);
    let change = AppContact {
        // "add" is also the word for an edit.
        present: action != "remove",
        full_name: contact.text("full_name"),
        first_name: contact.text("first_name"),
    };
    Ok(Event {
        contact: Some(person),
        at: metadata.map_or(scope.at, |metadata| time_of(&metadata, scope.at)),
        ..scope.event(key, Origin::System, Lane::Import, Body::AppContact(change))
    })
}

/// An item of `user_preferences`: somebody stopped or resumed marketing messages in WhatsApp's own interface.
/// Source: Meta, webhooks/reference/user_preferences.
pub(super) fn preference(scope: &Scope<'_>, item: &Object<'_>) -> Result<Event, Why> {
    let person = named(scope.complete(PERSON.of(item))).ok_or("it does not say whose preference it is")?;
    let preference = Preference {
        category: item.text("category").ok_or("a preference without its category")?,
        value: item.text("value").ok_or("a preference without its value")?,
        detail: item.text("detail"),
    };
    let when = item.word("timestamp").unwrap_or_default();
    let key = scope.key("preference", &[&alias_of(&person), &preference.category, &preference.value, &when]);
    Ok(Event {
        contact: Some(person),
        at: time_of(item, scope.at),
        ..scope.event(key, Origin::System, Lane::Lifecycle, Body::Preference(preference))
    })
}

/// An item of `user_id_update`. Meta documented the field and then called it not subscribable (changelog of
/// 11 Aug 2026); both it and `system` messages are read.
pub(super) fn user_id_update(scope: &Scope<'_>, item: &Object<'_>) -> Result<Event, Why> {
    let id = |which: &str, side: &str| item.object(which).and_then(|ids| ids.text(side)).map(Into::into);
    let mut old = Contact {
        user_id: id("user_id", "previous"),
        parent_user_id: id("parent_user_id", "previous"),
        phone: PERSON.of(item).phone,
        name: ContactName::default(),
    };
    old.name = scope.people.name_of(&old);
    let change = IdentityChange {
        what: "user_id_update".to_owned(),
        phone: None,
        user_id: Some(id("user_id", "current").ok_or("it does not say the new user id")?),
        previous_user_id: old.user_id.clone(),
        parent_user_id: id("parent_user_id", "current"),
        text: item.text("detail"),
    };
    let new = change.user_id.as_ref().map_or("", |id| id.as_str());
    let when = item.word("timestamp").unwrap_or_default();
    let key = scope.key("user_id_update", &[&alias_of(&old), new, &when]);
    let event = scope.conversation_event(key, Origin::System, old, Body::IdentityChange(change))?;
    Ok(Event { at: time_of(item, scope.at), ..event })
}

/// The id that a key names somebody by: the phone, or the BSUID of those who show none.
fn alias_of(person: &Contact) -> String {
    let phone = person.phone.as_ref().map(|phone| phone.as_str());
    phone.or(person.user_id.as_ref().map(|id| id.as_str())).unwrap_or_default().to_owned()
}
