//! Important customers are served by a person: no bot speaks, the phone gets a summary, and somebody watches that they are
//! answered.
//!
//! The host offers this flow the messages of those people only (`contacts`, `tags` and `except` in its manifest), before
//! flows that serve everybody, and waits until they have finished typing (`debounce`). What is decided here are plain
//! functions in [`waiting`], [`vip`], [`words`] and [`order`]; this module asks the host and does what was decided.

pub mod order;
pub mod vip;
pub mod waiting;
pub mod words;

use ponte_sdk::StoreOrder;
use ponte_sdk::conversation::{self, Line, PhoneView, Target};
use ponte_sdk::prelude::*;
use ponte_sdk::send::Param;
use serde::{Deserialize, Serialize};
use vip::Why;
use waiting::{Memory, Moment, Rules, Step};

/// Where [`Memory`] is kept, per conversation. Also the name of the timer.
const WAITING: &str = "waiting";

/// Where the last order is kept, per contact.
const ORDER: &str = "order";

/// How long the last order is worth telling.
const ORDER_WORTH: Seconds = 90 * 24 * 3600;

fn on_event(event: Event) -> Outcome {
    match &event.body {
        Body::Message(_) => hand_over(&event),
        Body::Timer(timer) if timer.name == WAITING => look(&event),
        Body::Order(order) => ordered(order),
        _ => Ok(()),
    }
}

ponte_sdk::flow!(on_event);

/// The setting `staff`, and what is sent there.
#[derive(Debug, Deserialize)]
struct Notice {
    /// The template's name.
    template: String,
    /// Whether it is sent at once, and not only when nobody answers.
    #[serde(default)]
    at_once: bool,
}

/// What is told of the last order.
#[derive(Debug, Serialize, Deserialize)]
struct LastOrder {
    number: String,
    total: String,
}

/// Gives the conversation to the phone, with a summary, and begins to watch.
fn hand_over(event: &Event) -> Outcome {
    let lines = conversation::burst();
    if !lines.iter().any(|line| words::wants_an_answer(&line.content)) {
        debug!("nobody is called for this");
        return Ok(());
    }
    let summary = Summary::of(event, &lines)?;
    // A number without a phone has only the team.
    let target = if conversation::phone() == PhoneView::None { Target::Team } else { Target::App };
    conversation::hand_off(target, &summary.note)?;

    let memory = Memory { since: event.at, note: summary.note.clone(), said: summary.said.clone(), late: 0 };
    watch(&memory, event.at)?;
    if let Some(notice) = notice()?.filter(|notice| notice.at_once) {
        let status = text!(language::of_shop()?, "status_new")?;
        tell_staff(&notice, &summary.who, &summary.why, &memory.said, &status)?;
    }
    Ok(())
}

/// Remembers who waits, and looks again when the time is up.
fn watch(memory: &Memory, start: Instant) -> Outcome {
    let due = waiting::due(start, minutes()?.saturating_mul(60), |at| calendar::at(at).ok());
    state::conversation().put(WAITING, memory)?;
    schedule::at(WAITING, due, "")?;
    Ok(())
}

/// The time is up: was somebody there?
fn look(event: &Event) -> Outcome {
    let memory: Option<Memory> = state::conversation().get(WAITING)?;
    let (Some(mut memory), Some(facts)) = (memory, conversation::facts()) else { return Ok(()) };
    let (notice, shop, wait) = (notice()?, language::of_shop()?, minutes()?);
    let rules = Rules {
        fallback: settings::get::<Option<waiting::Fallback>>("fallback")?.unwrap_or_default(),
        reminders: settings::get::<Option<u32>>("reminders")?.unwrap_or(0),
        staff: notice.is_some(),
    };
    let phone = conversation::phone();
    let moment = Moment {
        owner: facts.owner,
        phone,
        last_app: facts.last_app_message,
        last_customer: facts.last_customer_message,
    };
    let late = if phone == PhoneView::Unseen {
        text!(shop, "note_unseen", note = memory.note)?
    } else {
        text!(shop, "note_late", wait = wait, note = memory.note)?
    };
    match rules.step(&memory, &moment) {
        Step::Over => {}
        Step::Since(since) => {
            memory.since = since;
            return watch(&memory, since);
        }
        Step::Team => conversation::hand_off(Target::Team, late)?,
        Step::Customer => {
            // Whoever hands over may say something: this hands over once more, to whom has it.
            let held = if phone == PhoneView::None { Target::Team } else { Target::App };
            conversation::hand_off(held, &late)?;
            let words = text!(language::of(event)?, "customer")?;
            match reply(words) {
                Ok(sent) => sent.done(),
                Err(refusal) => {
                    info!("the customer was not told, so the team has it: {refusal}");
                    conversation::hand_off(Target::Team, late)?;
                }
            }
        }
        Step::Notice { again } => {
            let status = if phone == PhoneView::Unseen {
                text!(shop, "status_unseen")?
            } else {
                text!(shop, "status_late", wait = wait)?
            };
            if let Some(notice) = notice {
                let (who, why) = about(event)?;
                tell_staff(&notice, &who, &why, &memory.said, &status)?;
            }
            if again {
                memory.late += 1;
                return watch(&memory, event.at);
            }
        }
    }
    state::conversation().delete(WAITING)?;
    Ok(())
}

/// An order that is worth it makes its contact a VIP, and is told to whoever serves them.
fn ordered(order: &StoreOrder) -> Outcome {
    let Some(total) = order::total(order) else { return Ok(()) };
    let last = LastOrder { number: order.number.clone(), total: order::words(total) };
    state::contact().put_for(ORDER, &last, ORDER_WORTH)?;
    let rule: Option<order::Rule> = settings::get("orders")?;
    if rule.is_some_and(|rule| rule.is_met(total)) {
        contacts::tag(vip::ORDER_TAG)?;
    }
    Ok(())
}

/// What whoever takes over should know.
struct Summary {
    who: String,
    why: String,
    said: String,
    note: String,
}

impl Summary {
    fn of(event: &Event, lines: &[Line]) -> Result<Self, Failure> {
        let shop = language::of_shop()?;
        let (who, why) = about(event)?;
        let said = words::said(lines);
        let since = lines.first().map_or(event.at, |line| line.at);
        let since = match calendar::local(since) {
            Ok(local) => text!(shop, "note_since", time = format!("{:02}:{:02}", local.hour, local.minute))?,
            Err(_) => String::new(),
        };
        let wrote = match &said {
            Some(words) => text!(shop, "note_said", words = words)?,
            None => text!(shop, "note_media")?,
        };
        let order = match state::contact().get::<Option<LastOrder>>(ORDER)?.flatten() {
            Some(order) => text!(shop, "note_order", number = order.number, total = order.total)?,
            None => String::new(),
        };
        let parts = [text!(shop, "note", who = who, why = why)?, since, wrote.clone(), order];
        let note = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        Ok(Self { who, why, said: said.unwrap_or(wrote), note })
    }
}

/// Who the event's contact is, and why they are served by a person.
fn about(event: &Event) -> Result<(String, String), Failure> {
    let shop = language::of_shop()?;
    let contact = event.contact.as_deref().map(contacts::get).transpose()?.flatten();
    let tags = settings::get::<Option<Vec<String>>>("vip_tags")?.unwrap_or_default();
    let why = Why::of(contact.as_ref(), &tags);
    let (key, tag) = why.text();
    let who = vip::who(contact.as_ref()).map_or_else(|| texts::get("nameless", shop.tag()), Ok)?;
    Ok((who, text!(shop, key, tag = tag)?))
}

/// How many minutes a VIP may wait.
fn minutes() -> Result<u32, Error> {
    Ok(settings::get::<Option<u32>>("wait_minutes")?.unwrap_or(15))
}

/// What is sent to the staff, if the shop named somebody.
fn notice() -> Result<Option<Notice>, Error> {
    let staff = settings::get::<Option<String>>("staff")?;
    Ok(settings::get::<Option<Notice>>("notice")?.filter(|_| staff.is_some()))
}

/// A private notice, by template: four values, in order who, why, what they wrote, how it stands.
fn tell_staff(notice: &Notice, who: &str, why: &str, said: &str, status: &str) -> Outcome {
    let values = [who, why, said, status].map(|text| Param { name: None, value: words::value(text) });
    let language = match language::of_shop()? {
        Language::Portuguese => "pt_BR",
        other => other.tag(),
    };
    let staff = contacts::named("staff").unwrap_or_else(|refusal| {
        warn!("nobody was notified: {refusal}");
        Vec::new()
    });
    for person in staff {
        match send::template(&person.id, &notice.template, language, &values) {
            Ok(sent) => sent.done(),
            Err(refusal) => warn!("nobody was notified: {refusal}"),
        }
    }
    Ok(())
}
