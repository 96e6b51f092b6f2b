//! One event: from what is kept of the dialog to what is kept of it then.

use super::record::Record;
use super::said::Fit;
use super::script::{Dialog, News, Result, Stop, Why};
use super::world::{Heard, World};
use super::{OnChange, Options, words};
use crate::conversation::Target;
use crate::{Failure, Outcome};

/// A script, as it is run.
pub(super) type Script<'s> = dyn FnMut(&mut Dialog<'_>) -> Result + 's;

/// Handles one event.
pub(super) fn play(world: &mut dyn World, options: &Options, heard: Heard, script: &mut Script<'_>) -> Outcome {
    if heard == Heard::Nothing {
        return Ok(());
    }
    let Some(json) = world.load()? else { return begin(world, options, &heard, script) };
    let record = match Record::read(&json) {
        Ok(record) if record.name == options.name => record,
        Ok(Record { name, .. }) => {
            let why = format!("it was {name:?}, is now {:?}", options.name);
            return changed(world, options, &why, &heard, script);
        }
        Err(why) => return changed(world, options, &why, &heard, script),
    };
    let open = record.open.as_ref().expect("a stored dialog has an open question");
    let people = world.people();
    if people.speak || people.wrote.is_some_and(|wrote| wrote >= open.asked) {
        world.end()?;
        return if people.speak { Ok(()) } else { begin(world, options, &heard, script) };
    }
    let late = world.now() >= open.until;
    let news = match &heard {
        // The timer of a question that was answered just before it.
        Heard::Nothing | Heard::Timer if !late => return Ok(()),
        Heard::Nothing | Heard::Timer => News::TimedOut,
        // Its timer was not heard: Ponte was down, or the flow was paused.
        Heard::Message(_) if late => {
            world.end()?;
            return begin(world, options, &heard, script);
        }
        Heard::Message(said) => {
            let chooses = matches!(said.fits(open), Fit::Chosen(_));
            let cancel = options.cancel.clone().unwrap_or_else(|| words::cancel(world.language()));
            if !chooses && said.is_one_of(&cancel) {
                return end_with(world, "dialog-cancelled", None);
            }
            if !chooses && said.is_one_of(&options.person) {
                return call_person(world, &open.at);
            }
            News::Said(said.clone())
        }
    };
    match act(world, record, news, script)? {
        Why::Changed(why) => changed(world, options, &why, &heard, script),
        Why::Waits | Why::Over => Ok(()),
    }
}

/// A dialog begins, if the customer wrote.
fn begin(world: &mut dyn World, options: &Options, heard: &Heard, script: &mut Script<'_>) -> Outcome {
    let Heard::Message(said) = heard else { return Ok(()) };
    if said.is_one_of(&options.person) {
        return call_person(world, &options.name);
    }
    let record = Record::new(&options.name, world.now());
    match act(world, record, News::Begins, script)? {
        Why::Changed(why) => Err(Failure::reject(format!("dialog {}: {why}", options.name))),
        Why::Waits | Why::Over => Ok(()),
    }
}

/// Runs the script, and keeps what is to be kept. Says how it ended.
fn act(
    world: &mut dyn World,
    record: Record,
    news: News,
    script: &mut Script<'_>,
) -> std::result::Result<Why, Failure> {
    let mut dialog = Dialog::new(world, record, news);
    let result = script(&mut dialog);
    // A script that caught what it was told is over nevertheless.
    let why = match (dialog.stopped.take(), result) {
        (_, Err(Stop(Some(failure)))) => return Err(failure),
        (Some(why), _) => why,
        (None, _) => match dialog.finished() {
            Err(why) => Why::Changed(why),
            Ok(()) => match dialog.over() {
                Err(Stop(Some(failure))) => return Err(failure),
                _ => Why::Over,
            },
        },
    };
    if why == Why::Waits && dialog.new {
        let json = dialog.record.write();
        dialog.world.save(&json)?;
    }
    Ok(why)
}

/// The customer wants a person.
fn call_person(world: &mut dyn World, step: &str) -> Outcome {
    let note = world.text("dialog-note-person")?.replace("{step}", step);
    end_with(world, "dialog-handing-over", Some(&note))
}

/// The dialog ends with a word, and with a note where people take over.
fn end_with(world: &mut dyn World, text: &str, note: Option<&str>) -> Outcome {
    let words = world.text(text)?;
    if !words.is_empty() {
        world.mention(&words)?;
    }
    world.end()?;
    if let Some(note) = note {
        world.hand_off(Target::Team, note)?;
    }
    Ok(())
}

/// The script is not the one that the dialog began with: nothing is guessed.
fn changed(world: &mut dyn World, options: &Options, why: &str, heard: &Heard, script: &mut Script<'_>) -> Outcome {
    let words = format!("dialog changed: {why}");
    world.error(&words);
    match options.on_change {
        OnChange::HandOff => end_with(world, "dialog-changed", Some(&words)),
        OnChange::Restart => {
            world.end()?;
            begin(world, options, heard, script)
        }
    }
}
