use crate::{Body, Content, Event, Message, StoreOrder};

impl Event {
    /// The message, if that is what happened.
    pub fn message(&self) -> Option<&Message> {
        match &self.body {
            Body::Message(message) => Some(message),
            _ => None,
        }
    }

    /// What a store told of an order, if that is what happened.
    pub fn order(&self) -> Option<&StoreOrder> {
        match &self.body {
            Body::Order(order) => Some(order),
            _ => None,
        }
    }

    /// The words of the message, if it has any: see [`Content::text`].
    pub fn text(&self) -> Option<&str> {
        self.message()?.content.text()
    }

    /// The id of the button or list row that was tapped.
    pub fn tapped(&self) -> Option<&str> {
        match &self.message()?.content {
            Content::Choice(choice) => Some(&choice.id),
            _ => None,
        }
    }
}

impl Content {
    /// What a person would read: the text, the words under a picture, the label that was tapped, or what was written
    /// with a cart.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Media(media) => media.caption.as_deref(),
            Self::Choice(choice) => Some(&choice.title),
            Self::Order(order) => order.text.as_deref(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Choice, Media, MediaKind};

    fn event(content: Content) -> Event {
        let body = Body::Message(Message { id: "wamid.1".into(), content, reply_to: None, referral: None });
        Event { id: "1".into(), at: 0, number: "100".into(), contact: Some("c".into()), attempt: 0, body }
    }

    #[test]
    fn words_wherever_they_are() {
        let media =
            Media { kind: MediaKind::Image, id: "1".into(), mime: None, caption: Some("look".into()), filename: None };
        let choice = Choice { id: "sales".into(), title: "Sales".into() };
        assert_eq!(event(Content::Text("oi".into())).text(), Some("oi"));
        assert_eq!(event(Content::Media(media)).text(), Some("look"));
        assert_eq!(event(Content::Choice(choice.clone())).text(), Some("Sales"));
        assert_eq!(event(Content::Choice(choice)).tapped(), Some("sales"));
        assert_eq!(event(Content::Unsupported(None)).text(), None);
        assert_eq!(event(Content::Text("oi".into())).tapped(), None);
    }
}
