//! Fewer messages for the same words: each message is charged, however short.

use ponte_model::Effect;
use ponte_model::send::{Outbound, Payload};

/// What stands between the texts that become one.
const BETWEEN: &str = "\n\n";

/// Joins texts that a run sends to one person one after the other into one message, as long as that `fits`.
///
/// Texts are kept apart by anything that the person would see between them, by a quote, and where they differ in how long
/// they are good for or whether a link is shown. What nobody sees (state, timers, tags) does not keep them apart.
#[must_use]
pub fn merge_bubbles(effects: &[Effect], fits: &dyn Fn(&str) -> bool) -> Vec<Effect> {
    let mut merged: Vec<Effect> = Vec::with_capacity(effects.len());
    // Where the last text stands, as long as another may join it.
    let mut open: Option<usize> = None;
    for effect in effects {
        if let Some(last) = open
            && let Some(joined) = join(&merged[last], effect, fits)
        {
            merged[last] = joined;
            continue;
        }
        match effect {
            Effect::Send { .. } => open = is_text(effect).then_some(merged.len()),
            Effect::MarkRead { .. } | Effect::HandOff { .. } => open = None,
            _ => {}
        }
        merged.push(effect.clone());
    }
    merged
}

fn is_text(effect: &Effect) -> bool {
    matches!(effect, Effect::Send { message, .. } if matches!(message.payload, Payload::Text { .. }))
}

fn join(first: &Effect, second: &Effect, fits: &dyn Fn(&str) -> bool) -> Option<Effect> {
    let (
        Effect::Send { contact, message, expires_at, when_closed },
        Effect::Send { contact: to, message: next, expires_at: until, when_closed: closed },
    ) = (first, second)
    else {
        return None;
    };
    let (Payload::Text { body, preview_url }, Payload::Text { body: more, preview_url: preview }) =
        (&message.payload, &next.payload)
    else {
        return None;
    };
    let alike = contact == to && message.to == next.to && preview_url == preview;
    let alike = alike && (expires_at, when_closed) == (until, closed);
    if !alike || next.reply_to.is_some() {
        return None;
    }
    let body = [body.as_str(), BETWEEN, more].concat();
    fits(&body).then(|| Effect::Send {
        contact: contact.clone(),
        message: Box::new(Outbound {
            payload: Payload::Text { body, preview_url: *preview_url },
            ..message.as_ref().clone()
        }),
        expires_at: *expires_at,
        when_closed: when_closed.clone(),
    })
}
