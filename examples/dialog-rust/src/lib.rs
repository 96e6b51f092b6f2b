//! Books a table: name, day, hour, and a last question. The script reads like the conversation.

use ponte_sdk::conversation::Target;
use ponte_sdk::dialog::{self, Dialog};
use ponte_sdk::prelude::*;
use ponte_sdk::texts::get;

fn on_event(event: Event) -> Outcome {
    let person_words: Vec<String> = settings::get("handoff_words")?;
    dialog::Options::new("booking").person_words(person_words).run(&event, script)
}

fn script(d: &mut Dialog<'_>) -> dialog::Result {
    let language = d.language();
    let name = d
        .question("name", get("ask-name", language.tag())?)
        .within(WEEK)
        .check(|said| as_name(&said).ok_or_else(|| get("short-please", language.tag()).unwrap_or_default()))
        .answer()?;

    let days: Vec<String> = settings::get("days")?;
    let day = d
        .question("day", text!(language, "ask-day", name = name)?)
        .within(WEEK)
        .buttons(days.iter().map(|day| (day, day)))
        .answer()?;

    let times: Vec<String> = settings::get("times")?;
    let hour = match times.as_slice() {
        [only] => only.clone(),
        several => {
            let rows = several.iter().map(|hour| Row::new(hour, hour));
            let question = text!(language, "ask-hour", day = day.title)?;
            d.question("hour", question).within(WEEK).list(get("hours", language.tag())?, rows).answer()?.title
        }
    };

    let question = text!(language, "ask-sure", name = name, day = day.title, hour = hour)?;
    let choices = [("yes", get("yes", language.tag())?), ("no", get("no", language.tag())?)];
    // Whoever has said everything and forgets to tap is not left alone: a person looks at it.
    let Some(sure) = d.question("sure", question).within(HOUR).buttons(choices).or_timeout()? else {
        return d.hand_off(Target::Team, text!(language, "note-unsure", name = name, day = day.title, hour = hour)?);
    };
    if sure.id == "no" {
        return d.say("never-mind", get("never-mind", language.tag())?);
    }
    d.say("booked", text!(language, "booked", day = day.title, hour = hour)?)
}

const HOUR: Seconds = 3600;
const WEEK: Seconds = 7 * 24 * HOUR;

/// A name is one line, and no novel.
fn as_name(said: &str) -> Option<String> {
    let name = said.trim();
    (!name.is_empty() && name.chars().count() <= 40 && !name.contains('\n')).then(|| name.to_owned())
}

ponte_sdk::flow!(on_event);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(as_name(" Ana Souza "), Some("Ana Souza".to_owned()));
        assert_eq!(as_name("oi\ntudo bem?"), None);
        assert_eq!(as_name(&"a".repeat(41)), None);
        assert_eq!(as_name("  "), None);
    }
}
