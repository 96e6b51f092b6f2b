//! Why somebody is served by a person.

use ponte_sdk::contacts::Contact;

/// The tag that an order of a high value puts on a contact.
pub const ORDER_TAG: &str = "vip:order";

/// Why somebody is served by a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// One of the shop's tags.
    Tag(String),
    /// An order was worth it.
    Order,
    /// The shop lists them.
    List,
}

impl Why {
    /// Why, where the host has found that it is so: the tags tell, and where they do not, it was the list.
    pub fn of(contact: Option<&Contact>, tags: &[String]) -> Self {
        let has: &[String] = contact.map_or(&[], |contact| &contact.tags);
        let own = tags.iter().filter(|tag| *tag != ORDER_TAG).find(|tag| has.contains(tag));
        match own {
            Some(tag) => Self::Tag(tag.clone()),
            None if has.iter().any(|tag| tag == ORDER_TAG) => Self::Order,
            None => Self::List,
        }
    }

    /// The key of its words, and the tag that goes into them.
    pub fn text(&self) -> (&'static str, &str) {
        match self {
            Self::Tag(tag) => ("why_tag", tag),
            Self::Order => ("why_order", ""),
            Self::List => ("why_list", ""),
        }
    }
}

/// What to call somebody: their name and phone number, as far as they are known.
pub fn who(contact: Option<&Contact>) -> Option<String> {
    let contact = contact?;
    let name = contact.name.as_deref().or(contact.username.as_deref()).filter(|name| !name.trim().is_empty());
    match (name, contact.phone.as_deref()) {
        (Some(name), Some(phone)) => Some(format!("{name} (+{phone})")),
        (Some(name), None) => Some(name.to_owned()),
        (None, Some(phone)) => Some(format!("+{phone}")),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(name: Option<&str>, phone: Option<&str>, tags: &[&str]) -> Contact {
        Contact {
            id: "con_1".into(),
            name: name.map(Into::into),
            username: None,
            phone: phone.map(Into::into),
            tags: tags.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn the_tag_is_named_where_there_is_one() {
        let tags = ["gold".to_owned(), ORDER_TAG.to_owned()];
        let why = |has: &[&str]| Why::of(Some(&contact(None, None, has)), &tags);
        assert_eq!(why(&["sector:sales", "gold"]), Why::Tag("gold".into()));
        assert_eq!(why(&[ORDER_TAG, "gold"]), Why::Tag("gold".into()));
        assert_eq!(why(&[ORDER_TAG]), Why::Order);
        assert_eq!(why(&["silver"]), Why::List);
        assert_eq!(Why::of(None, &tags), Why::List);
    }

    #[test]
    fn people_are_called_by_what_is_known() {
        let table = [
            (contact(Some("Ana"), Some("5511999990001"), &[]), Some("Ana (+5511999990001)")),
            (contact(Some("Ana"), None, &[]), Some("Ana")),
            (contact(Some(" "), Some("5511999990001"), &[]), Some("+5511999990001")),
            (contact(None, None, &[]), None),
        ];
        for (contact, expected) in table {
            assert_eq!(who(Some(&contact)).as_deref(), expected);
        }
    }
}
