//! One polite reply per closed period and conversation, with the next opening time; and a button for what cannot wait.
//!
//! The event's own time decides, not the time it is processed: who wrote at 17:59:58 wrote while the shop was open, and
//! is not told otherwise at 18:00:05.
//!
//! Where the business app on the phone is known to send an away text of its own, this flow waits for it, and is silent if
//! it came.

pub mod app;
pub mod heard;
pub mod once;
pub mod urgent;
pub mod when;

use app::AppSays;
use heard::Heard;
use once::Answered;
use ponte_sdk::calendar::Period;
use ponte_sdk::conversation::{self, Target};
use ponte_sdk::prelude::*;
use urgent::Urgent;

/// Where [`Answered`] is kept, per conversation.
const ANSWERED: &str = "answered";

/// The timer that waits for the app's own text, and the key that says that it is set.
const WAITING: &str = "waiting";

fn on_event(event: Event) -> Outcome {
    let waited = matches!(&event.body, Body::Timer(timer) if timer.name == WAITING);
    let heard = heard::heard(&event.body);
    if heard == Heard::Nothing && !waited {
        return Ok(());
    }
    if conversation::facts().is_some_and(|facts| facts.owner.is_person()) {
        debug!("a person speaks here");
        return Ok(());
    }
    match heard {
        Heard::Urgent => hand_off(&event),
        _ => answer(&event, waited),
    }
}

ponte_sdk::flow!(on_event);

/// Says when the shop opens, unless it is open or that was said before, by this flow or by the app on the phone.
fn answer(event: &Event, waited: bool) -> Outcome {
    let period = match calendar::at(event.at) {
        Ok(period) => period,
        Err(refusal) => {
            error!("the opening hours cannot be read, so nobody is told that the shop is closed: {refusal}");
            return Ok(());
        }
    };
    let answered: Option<Answered> = state::conversation().get(ANSWERED)?;
    if !once::is_due(&period, answered) {
        return Ok(());
    }

    match app::says(&period, &conversation::automatic(), event.at) {
        AppSays::So => {
            debug!("the app on the phone has said so");
            return Ok(());
        }
        AppSays::Perhaps if !waited => return wait_for_the_app(),
        AppSays::Perhaps | AppSays::Nothing => {}
    }

    match send_closed(event, &period) {
        Ok(()) => {
            let age = once::keep_for(&period, event.at);
            state::conversation().put_for(ANSWERED, &Answered::of(&period), age)?;
        }
        Err(Error::Refused(refusal)) => info!("not sent: {refusal}"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Looks again in a moment, once for all lines that come until then.
fn wait_for_the_app() -> Outcome {
    let memory = state::conversation();
    if memory.get::<bool>(WAITING)?.is_none() {
        memory.put_for(WAITING, &true, app::WAIT)?;
        schedule::after(WAITING, app::WAIT, "")?;
    }
    Ok(())
}

fn send_closed(event: &Event, period: &Period) -> Result<(), Error> {
    let language = language::of(event)?;
    let mut body = match period.until {
        Some(until) => {
            let next = when::opening(language, &calendar::local(event.at)?, &calendar::local(until)?);
            text!(language, "closed", next = next)?
        }
        None => text!(language, "closed_unknown")?,
    };

    let urgent: Urgent = settings::get::<Option<Urgent>>("urgent")?.unwrap_or_default();
    let sent = if urgent.enabled {
        let label = urgent.label.map_or_else(|| texts::get("urgent_label", language.tag()), Ok)?;
        body = format!("{body}\n\n{}", text!(language, "urgent_offer")?);
        reply_buttons(&body, [(heard::URGENT, label)]).or_else(|refusal| match refusal {
            // The shop's own words may be too long for a message with a button; without one they fit.
            Refusal::Invalid(why) => {
                warn!("no urgent button: {}: {}", why.field, why.why);
                reply(&body)
            }
            refusal => Err(refusal),
        })?
    } else {
        reply(body)?
    };

    // Held by a quota until the shop is open, it would be wrong.
    if let Some(until) = period.until {
        let age = once::seconds_between(event.at, until).max(1);
        if let Err(refusal) = sent.expire_after(age) {
            warn!("the reply may leave late: {refusal}");
        }
    }
    Ok(())
}

/// Calls the person on the phone.
fn hand_off(event: &Event) -> Outcome {
    let language = language::of(event)?;
    match reply(text!(language, "urgent_received")?) {
        Ok(sent) => sent.done(),
        Err(refusal) => info!("not acknowledged: {refusal}"),
    }
    let urgent: Urgent = settings::get::<Option<Urgent>>("urgent")?.unwrap_or_default();
    let shop = language::of_shop()?;
    let note = urgent.hand_off.map_or_else(|| texts::get("urgent_note", shop.tag()), Ok)?;
    // If this is refused, the run is rejected and the acknowledgement goes with it: it would promise too much.
    conversation::hand_off(Target::App, note)?;
    Ok(())
}
