//! Asks at the start of a conversation what it is about, and takes the customer to the right sector or to a person.
//!
//! What was said is understood in [`understand`], what to do about it is decided in [`dialog`]; both are plain functions.
//! This module asks the host and does what was decided.

pub mod dialog;
pub mod heard;
pub mod note;
pub mod sector;
pub mod understand;
pub mod words;

use dialog::{Asking, Memory, Moment, Step, Why};
use ponte_sdk::conversation::{self, Author};
use ponte_sdk::prelude::*;
use sector::{Answerer, Sector};
use understand::Intent;

/// Where [`Memory`] is kept, per conversation.
const MEMORY: &str = "memory";

/// How far back a note to the team looks.
const LINES: u32 = 10;

fn on_event(event: Event) -> Outcome {
    let Some(heard) = heard::heard(&event.body) else { return Ok(()) };
    let facts = conversation::facts();
    if facts.as_ref().is_some_and(|facts| facts.owner.is_person()) {
        debug!("a person speaks here");
        return Ok(());
    }

    let sectors: Vec<Sector> = settings::get("sectors")?;
    let memory: Option<Memory> = state::conversation().get(MEMORY)?;
    let rules = dialog::Rules {
        misses: settings::get::<Option<u32>>("misses")?.unwrap_or(3),
        again_after_hours: settings::get::<Option<u32>>("again_after_hours")?.unwrap_or(24),
    };
    let moment = Moment {
        now: event.at,
        last_customer: facts.as_ref().and_then(|facts| facts.last_customer_message),
        last_app: facts.as_ref().and_then(|facts| facts.last_app_message),
    };
    let asking = memory.as_ref().is_some_and(Memory::is_asking);
    let mut intent = understand::understand(&heard, &sectors, asking);
    // Of lines that were typed one after the other, any may say what it is about.
    if matches!(intent, Intent::Unclear | Intent::Wordless) {
        let burst = conversation::burst();
        if burst.len() > 1 {
            let said: Vec<&str> = burst.iter().filter_map(|line| line.content.text()).collect();
            let said = said.join("\n");
            let together = understand::understand(&heard::typed(&said), &sectors, asking);
            intent = if together == Intent::Wordless { intent } else { together };
        }
    }
    let (step, next) = rules.step(&sectors, memory.as_ref(), &moment, intent);

    let began_at = next.as_ref().or(memory.as_ref()).map_or(event.at, |memory| memory.began_at);
    let before = memory.as_ref().and_then(|memory| memory.sector.as_deref());
    let turn =
        Turn { event: &event, sectors: &sectors, began_at, words: heard.words.filter(|_| heard.tapped.is_none()) };
    match step {
        Step::Silence => {}
        // What the customer did not get must not count as asked.
        Step::Ask(why) if !turn.ask(why)? => return Ok(()),
        Step::Ask(_) => {}
        Step::Choose(index) => turn.choose(&sectors[index], before)?,
        Step::Person(why) => turn.person(why)?,
        Step::Back(index) => turn.back(index.map(|index| &sectors[index]))?,
    }
    if let Some(next) = next {
        state::conversation().put(MEMORY, &next)?;
    }
    Ok(())
}

ponte_sdk::flow!(on_event);

/// Who answers when no sector is known.
fn anybody() -> Result<Answerer, Error> {
    Ok(settings::get::<Option<Answerer>>("person")?.unwrap_or_default())
}

/// One message and what belongs to it.
struct Turn<'a> {
    event: &'a Event,
    sectors: &'a [Sector],
    began_at: Instant,
    /// What was written; the label of a button is not.
    words: Option<&'a str>,
}

impl Turn<'_> {
    /// Sends the menu; says whether it was sent.
    fn ask(&self, why: Asking) -> Result<bool, Failure> {
        let language = language::of(self.event)?;
        let body = text!(language, why.text())?;
        let title = |sector: &Sector| sector.title(language).to_owned();
        let sent = if self.sectors.len() <= sector::MOST_BUTTONS {
            reply_buttons(&body, self.sectors.iter().map(|sector| (heard::tap_of(&sector.id), title(sector))))
        } else {
            let rows = self.sectors.iter().map(|sector| Row {
                id: heard::tap_of(&sector.id),
                title: title(sector),
                description: sector.description.clone(),
            });
            reply_list(&body, text!(language, "list_button")?, rows)
        };
        let sent = sent.or_else(|refusal| match refusal {
            // Two sectors of one name, or words that are too long: better plain than nothing.
            Refusal::Invalid(why) => {
                error!("the menu goes out as plain text, please check the settings: {}: {}", why.field, why.why);
                reply(sector::numbered(&body, self.sectors, language))
            }
            refusal => Err(refusal),
        });
        Ok(sent.map_err(|refusal| info!("no menu sent: {refusal}")).is_ok())
    }

    /// Tags, confirms and hands over.
    fn choose(&self, sector: &Sector, before: Option<&str>) -> Outcome {
        if let Some(before) = before.filter(|before| *before != sector.id) {
            self.noted(contacts::untag(&sector::tag(before)));
        }
        self.noted(contacts::tag(&sector::tag(&sector.id)));

        let language = language::of(self.event)?;
        let own = sector.confirmation.clone();
        let confirmation = own.map_or_else(|| texts::get("confirmed", language.tag()), Ok)?;
        self.say(texts::fill(&confirmation, &[("sector", &sector.title(language))]));
        self.hand_off_to(sector)
    }

    /// Calls a person.
    fn person(&self, why: Why) -> Outcome {
        let language = language::of(self.event)?;
        self.say(text!(language, why.text())?);
        self.hand_off(anybody()?, why.note(), None)
    }

    /// Hands over again, without a word to the customer.
    fn back(&self, sector: Option<&Sector>) -> Outcome {
        match sector {
            Some(sector) => self.hand_off_to(sector),
            None => self.hand_off(anybody()?, "note_return", None),
        }
    }

    fn hand_off_to(&self, sector: &Sector) -> Outcome {
        self.hand_off(sector.hand_off, "note_sector", Some(sector))
    }

    /// If this is refused, the run is rejected and what was said goes with it: it would promise too much.
    fn hand_off(&self, to: Answerer, note: &str, sector: Option<&Sector>) -> Outcome {
        let Some(target) = to.target() else { return Ok(()) };
        let shop = language::of_shop()?;
        let said = match note::said(&self.said()) {
            Some(words) => text!(shop, "note_said", words = words)?,
            None => String::new(),
        };
        let name = sector.map(|sector| sector.title(shop)).unwrap_or_default();
        let note = text!(shop, note, sector = name, said = said)?;
        conversation::hand_off(target, note.trim())?;
        Ok(())
    }

    /// What the customer wrote since the menu came, oldest first.
    fn said(&self) -> Vec<String> {
        let lines = conversation::recent(LINES).unwrap_or_else(|refusal| {
            warn!("the note has the last message only: {refusal}");
            Vec::new()
        });
        let before = lines
            .iter()
            .filter(|line| line.author == Author::Customer && line.at >= self.began_at)
            .filter(|line| !matches!(line.content, Content::Choice(_)))
            .filter_map(|line| line.content.text());
        before.chain(self.words).map(str::to_owned).collect()
    }

    fn say(&self, words: String) {
        match reply(words) {
            Ok(sent) => sent.done(),
            Err(refusal) => info!("not said: {refusal}"),
        }
    }

    fn noted(&self, tagged: Result<(), Refusal>) {
        if let Err(refusal) = tagged {
            warn!("the tags stay as they are: {refusal}");
        }
    }
}
