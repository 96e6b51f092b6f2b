//! Greets whoever writes, counts their messages, and calls a person when they ask for one.

use ponte_sdk::conversation::Target;
use ponte_sdk::prelude::*;

fn on_event(event: Event) -> Outcome {
    // Media, reactions, edits, timers …: not ours.
    let Some(Content::Text(words)) = event.message().map(|message| &message.content) else { return Ok(()) };
    let language: String = settings::get("language")?;

    let handoff_words: Vec<String> = settings::get("handoff_words")?;
    if asks_for_person(words, &handoff_words) {
        conversation::hand_off(Target::Team, text!(language, "note")?)?;
        reply(text!(language, "handing-over")?)?.done();
        return Ok(());
    }

    let seen = state::conversation().add("seen", 1)?;
    let answer = if seen == 1 {
        let name = called(&event)?;
        text!(language, "greeting", name = name)?
    } else {
        text!(language, "again", count = seen)?
    };
    reply(answer)?.done();
    Ok(())
}

/// Whether the whole message is one of the words, in capitals or not.
fn asks_for_person(words: &str, handoff_words: &[String]) -> bool {
    handoff_words.iter().any(|word| word.trim().to_lowercase() == words.trim().to_lowercase())
}

/// ", Ana", or nothing where the name is not known.
fn called(event: &Event) -> Result<String, Refusal> {
    let Some(id) = &event.contact else { return Ok(String::new()) };
    let name = contacts::get(id)?.and_then(|contact| contact.name);
    Ok(name.map(|name| format!(", {name}")).unwrap_or_default())
}

ponte_sdk::flow!(on_event);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_message_is_the_word() {
        let words = ["humano".to_owned(), "Persona".to_owned()];
        let table = [("humano", true), (" HUMANO ", true), ("persona", true), ("um humano", false), ("", false)];
        for (said, expected) in table {
            assert_eq!(asks_for_person(said, &words), expected, "{said:?}");
        }
    }
}
