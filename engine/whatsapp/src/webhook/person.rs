//! Who is meant: phone numbers, BSUIDs, and the `contacts` that come beside the items.

use std::borrow::Cow;
use std::collections::HashMap;

use ponte_model::{Contact, ContactName, Phone, UserId};
use serde_json::value::RawValue;

use super::json::{self, Object};

/// The keys under which one side of an item is named. Several for one thing, where the platform renamed it.
pub(super) struct Side {
    /// A phone number; sometimes a BSUID sits here.
    id: &'static [&'static str],
    user: &'static [&'static str],
    parent: &'static [&'static str],
}

/// Who wrote a message or called.
pub(super) const FROM: Side = Side { id: &["from"], user: &["from_user_id"], parent: &["from_parent_user_id"] };
/// Whom an echo, an imported message or a call went to. `recipient` is the word in standby echoes.
pub(super) const TO: Side = Side {
    id: &["to", "recipient"],
    user: &["to_user_id", "recipient_user_id"],
    parent: &["to_parent_user_id", "recipient_parent_user_id"],
};
/// Whom a status is about. The parent id was spelled the other way until 5 May 2026 (Meta changelog).
pub(super) const RECIPIENT: Side = Side {
    id: &["recipient_id"],
    user: &["recipient_user_id"],
    parent: &["recipient_parent_user_id", "parent_recipient_user_id"],
};
/// The participant that a status of a group message is about; both spellings occur.
pub(super) const PARTICIPANT: Side = Side {
    id: &["recipient_participant_id", "participant_recipient_id"],
    user: &["recipient_participant_user_id", "participant_recipient_user_id"],
    parent: &["recipient_participant_parent_user_id", "participant_recipient_parent_user_id"],
};
/// Somebody in a list of people: `contacts`, preferences, the address book, the sender of a handover.
pub(super) const PERSON: Side =
    Side { id: &["wa_id", "phone_number"], user: &["user_id"], parent: &["parent_user_id"] };

impl Side {
    /// The person whom `item` names under these keys; anonymous if it names nobody. Missing and empty ids are
    /// the same (Meta's drafts of 2025 had empty ones).
    pub(super) fn of(&self, item: &Object<'_>) -> Contact {
        let mut contact = Contact {
            user_id: item.first_word(self.user).map(UserId::new),
            parent_user_id: item.first_word(self.parent).map(UserId::new),
            ..Contact::default()
        };
        if let Some(id) = item.first_word(self.id) {
            add_id(&mut contact, &id);
        }
        contact
    }

    /// What is written where the phone number belongs, whatever it is.
    pub(super) fn id<'a>(&self, item: &Object<'a>) -> Option<Cow<'a, str>> {
        item.first_word(self.id)
    }
}

/// Adds an id of either kind. What is neither a phone number nor a BSUID identifies nobody: stripping it to its
/// digits would make a stranger's phone number of it.
pub(super) fn add_id(contact: &mut Contact, id: &str) {
    if let Some(phone) = phone(id) {
        contact.phone.get_or_insert(phone);
    } else if is_parent_bsuid(id) {
        contact.parent_user_id.get_or_insert(id.into());
    } else if is_bsuid(id) {
        contact.user_id.get_or_insert(id.into());
    }
}

/// A phone number in digits, if `text` is one: digits with an optional "+", and the marks that people put between.
pub(super) fn phone(text: &str) -> Option<Phone> {
    const MARKS: [char; 5] = [' ', '-', '.', '(', ')'];
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text);
    let digits: String = text.chars().filter(|letter| !MARKS.contains(letter)).collect();
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.into())
}

/// Whether this is a business-scoped user id: two letters of a country, a dot, up to 128 letters and digits
/// (Meta: business-scoped user IDs).
fn is_bsuid(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else { return false };
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=132).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
}

/// A BSUID shared by linked portfolios: `US.ENT.…`.
fn is_parent_bsuid(text: &str) -> bool {
    is_bsuid(text) && text[2..].starts_with(".ENT.")
}

/// Adds to `contact` what it lacks and `same`, which names the same person, has.
pub(super) fn fill(contact: &mut Contact, same: Contact) {
    fn fill<T>(slot: &mut Option<T>, value: Option<T>) {
        if slot.is_none() {
            *slot = value;
        }
    }
    fill(&mut contact.user_id, same.user_id);
    fill(&mut contact.parent_user_id, same.parent_user_id);
    fill(&mut contact.phone, same.phone);
    fill(&mut contact.name.display, same.name.display);
    fill(&mut contact.name.username, same.name.username);
}

/// Above this many, people are looked up in an index: a batch of a thousand items must not cost a million
/// comparisons.
const INDEX_ABOVE: usize = 8;

/// The `contacts` of a value: names and further ids of the people in its items.
#[derive(Default)]
pub(super) struct People {
    list: Vec<Contact>,
    index: HashMap<String, usize>,
}

impl People {
    /// Reads `contacts`. What cannot be read is left out: it only adds to what the items say themselves.
    pub(super) fn of(contacts: Option<&RawValue>) -> Self {
        let list: Vec<Contact> = contacts
            .and_then(json::list)
            .unwrap_or_default()
            .into_iter()
            .filter_map(|raw| {
                let item = Object::of(raw)?;
                let profile = item.object("profile");
                let name = |key| profile.as_ref().and_then(|profile| profile.text(key));
                let name = ContactName { display: name("name"), username: name("username") };
                Some(Contact { name, ..PERSON.of(&item) })
            })
            .collect();
        let mut index = HashMap::new();
        if list.len() > INDEX_ABOVE {
            for (position, contact) in list.iter().enumerate() {
                for alias in contact.aliases() {
                    index.entry(alias).or_insert(position);
                }
            }
        }
        Self { list, index }
    }

    /// Adds to `contact` what is known of the same person: whoever shares an id with it, or else the only person
    /// there is, if nothing says that it is somebody else. `alone` says that `contact` comes from the only item.
    pub(super) fn complete(&self, mut contact: Contact, alone: bool) -> Contact {
        if let Some(known) = self.find(&contact, alone).cloned() {
            fill(&mut contact, known);
        }
        contact
    }

    /// The name of exactly this person, without their ids.
    pub(super) fn name_of(&self, contact: &Contact) -> ContactName {
        self.by_id(contact).map(|known| known.name.clone()).unwrap_or_default()
    }

    fn find(&self, contact: &Contact, alone: bool) -> Option<&Contact> {
        self.by_id(contact).or_else(|| match &self.list[..] {
            // A phone on one side and a BSUID on the other may be two people, unless there is one item for both.
            [only] if contact.is_anonymous() || only.is_anonymous() || (alone && !contradict(only, contact)) => {
                Some(only)
            }
            _ => None,
        })
    }

    fn by_id(&self, contact: &Contact) -> Option<&Contact> {
        if self.index.is_empty() {
            let same = |a: &Contact| a.user_id.is_some() && a.user_id == contact.user_id;
            let same_phone = |a: &Contact| a.phone.is_some() && a.phone == contact.phone;
            return self.list.iter().find(|a| same(a)).or_else(|| self.list.iter().find(|a| same_phone(a)));
        }
        contact.aliases().find_map(|alias| self.index.get(&alias)).map(|position| &self.list[*position])
    }
}

fn contradict(a: &Contact, b: &Contact) -> bool {
    fn differ<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
        matches!((a, b), (Some(a), Some(b)) if a != b)
    }
    differ(&a.user_id, &b.user_id) || differ(&a.phone, &b.phone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_phone_a_bsuid_or_nothing() {
        let table = [
            ("16505551234", "phone 16505551234"),
            ("+55 (21) 98111-0001", "phone 5521981110001"),
            ("US.13491208655302741918", "user US.13491208655302741918"),
            ("US.ENT.11815799212886844830", "parent US.ENT.11815799212886844830"),
            ("BR.abc123XYZ", "user BR.abc123XYZ"),
            ("us.1349", ""),
            ("USA.1349", ""),
            ("US.", ""),
            ("US.12 34", ""),
            ("+", ""),
            ("", ""),
            ("<WHATSAPP_USER_PHONE_NUMBER>", ""),
            ("Y2FwaV9ncm91cDoxODA1NTU1MDE3Mg", ""),
        ];
        for (text, meaning) in table {
            let mut contact = Contact::default();
            add_id(&mut contact, text);
            let found = [
                contact.phone.map(|id| format!("phone {id}")),
                contact.user_id.map(|id| format!("user {id}")),
                contact.parent_user_id.map(|id| format!("parent {id}")),
            ];
            assert_eq!(found.into_iter().flatten().collect::<Vec<_>>().join(", "), meaning, "{text:?}");
        }
    }

    #[test]
    fn the_only_person_is_the_one_meant_unless_an_id_says_otherwise() {
        let people = |json: &str| People::of(Some(serde_json::from_str(json).unwrap()));
        let both = people(r#"[{"wa_id":"1555","user_id":"US.1","profile":{"name":"A"}}]"#);
        let user_only = people(r#"[{"user_id":"US.1","profile":{"name":"A"}}]"#);
        let name_only = people(r#"[{"profile":{"name":"A"}}]"#);
        let (phone, other, nobody) = (Contact::by_phone("1555"), Contact::by_phone("1666"), Contact::default());
        let table = [
            (&both, &phone, false, "US.1"),
            (&both, &nobody, false, "US.1"),
            (&both, &other, true, "-"),
            (&user_only, &phone, true, "US.1"),
            (&user_only, &phone, false, "-"),
            (&name_only, &phone, false, "(A)"),
        ];
        for (people, contact, alone, added) in table {
            let completed = people.complete(contact.clone(), alone);
            let id = completed.user_id.map(UserId::into_string);
            let name = completed.name.display.map(|name| format!("({name})"));
            assert_eq!(id.or(name).unwrap_or("-".into()), added, "{contact:?} {alone}");
        }
    }
}
