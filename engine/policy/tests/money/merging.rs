use ponte_model::send::{Outbound, Payload, Recipient};
use ponte_model::{Effect, StateScope, Timestamp};
use ponte_policy::money::merge_bubbles;
use proptest::prelude::*;

fn text(to: &str, body: &str) -> Effect {
    let payload = Payload::Text { body: body.into(), preview_url: None };
    let message = Box::new(Outbound { to: Recipient::Phone(to.into()), reply_to: None, payload });
    Effect::Send { contact: to.into(), message, expires_at: None, when_closed: None }
}

fn quoting(body: &str) -> Effect {
    let Effect::Send { contact, mut message, expires_at, when_closed } = text("ana", body) else { unreachable!() };
    message.reply_to = Some("wamid".into());
    Effect::Send { contact, message, expires_at, when_closed }
}

fn expiring(body: &str) -> Effect {
    let Effect::Send { contact, message, .. } = text("ana", body) else { unreachable!() };
    Effect::Send { contact, message, expires_at: Some(Timestamp::from_secs(1)), when_closed: None }
}

fn state() -> Effect {
    Effect::PutState { scope: StateScope::Contact, key: "k".into(), value: None, expires_at: None }
}

fn bodies(effects: &[Effect]) -> Vec<&str> {
    let texts = effects.iter().filter_map(|effect| match effect {
        Effect::Send { message, .. } => match &message.payload {
            Payload::Text { body, .. } => Some(body.as_str()),
            _ => None,
        },
        _ => None,
    });
    texts.collect()
}

#[test]
fn texts_to_one_person_become_one_message() {
    let typing = Effect::MarkRead { message_id: "wamid".into(), typing: true };
    for (effects, expected) in [
        (vec![text("ana", "oi"), text("ana", "tudo bem?")], vec!["oi\n\ntudo bem?"]),
        (vec![text("ana", "1"), state(), text("ana", "2"), text("ana", "3")], vec!["1\n\n2\n\n3"]),
        (vec![text("ana", "1"), text("bia", "2"), text("ana", "3")], vec!["1", "2", "3"]),
        (vec![text("ana", "1"), typing, text("ana", "2")], vec!["1", "2"]),
        (vec![text("ana", "1"), quoting("2"), text("ana", "3")], vec!["1", "2\n\n3"]),
        (vec![text("ana", "1"), expiring("2")], vec!["1", "2"]),
        (vec![text("ana", "12345678901"), text("ana", "9"), text("ana", "x")], vec!["12345678901", "9\n\nx"]),
    ] {
        let merged = merge_bubbles(&effects, &|body| body.chars().count() <= 13);
        assert_eq!(bodies(&merged), expected);
        let unseen = |effects: &[Effect]| effects.iter().filter(|effect| **effect == state()).count();
        assert_eq!(unseen(&merged), unseen(&effects), "nothing else is lost");
    }
}

proptest! {
    /// Joined again, the messages say the same words in the same order, and none is longer than the field allows.
    #[test]
    fn no_word_is_lost_and_no_field_overflows(words in prop::collection::vec(("(ana|bia)", "[a-zã]{1,12}"), 0..12), most in 12usize..40) {
        let effects: Vec<_> = words.iter().map(|(to, body)| text(to, body)).collect();
        let merged = merge_bubbles(&effects, &|body| body.chars().count() <= most);
        prop_assert!(bodies(&merged).iter().all(|body| body.chars().count() <= most));
        prop_assert!(merged.len() <= effects.len());
        let said = bodies(&merged).join("\n\n");
        let expected: Vec<_> = words.iter().map(|(_, body)| body.as_str()).collect();
        prop_assert_eq!(said, expected.join("\n\n"));
    }
}
