//! Effects in words, and what changed from one list of them to another.

use ponte_model::send::Payload;
use ponte_model::{Effect, HandOffTarget, StateScope};
use serde_json::Value;

/// The effects in a run's record.
pub(super) fn of(report: &Value) -> Vec<Effect> {
    serde_json::from_value(report["effects"].clone()).unwrap_or_default()
}

/// An effect in words.
pub(super) fn words(effect: &Effect) -> String {
    match effect {
        Effect::Send { contact, message, expires_at, when_closed } => {
            let mut text = format!("send to {contact} {}", payload(&message.payload));
            if let Some(quoted) = &message.reply_to {
                text += &format!(", quoting {quoted}");
            }
            if let Some(at) = expires_at {
                text += &format!(", by {at}");
            }
            if let Some(choice) = when_closed {
                text += &format!(", if the window is closed: {}", json(choice));
            }
            text
        }
        Effect::MarkRead { message_id, typing } => {
            format!("mark {message_id} as read{}", if *typing { ", typing" } else { "" })
        }
        Effect::HandOff { to: HandOffTarget::App, note } => format!("hand off to the phone: {note:?}"),
        Effect::HandOff { to: HandOffTarget::Team, note } => format!("hand off to the team: {note:?}"),
        Effect::Release => "release the conversation".to_owned(),
        Effect::Hold { until } => format!("hold the conversation until {until}"),
        Effect::PutState { scope, key, value, expires_at } => {
            let value = value.as_ref().map_or_else(|| "deleted".to_owned(), |value| bytes(value));
            let until = expires_at.map(|at| format!(" until {at}")).unwrap_or_default();
            format!("state {}/{key} = {value}{until}", scope_word(*scope))
        }
        Effect::SetTimer { name, due, payload } => format!("timer {name:?} at {due}: {payload:?}"),
        Effect::CancelTimer { name } => format!("no timer {name:?} any more"),
        Effect::HttpLater { request } => {
            let body = if request.body.is_empty() { String::new() } else { format!(": {}", bytes(&request.body)) };
            format!("request {:?}: {} {}{body}", request.name, request.method.as_str(), request.url)
        }
        Effect::Tag { tag } => format!("tag {tag:?}"),
        Effect::Untag { tag } => format!("no tag {tag:?} any more"),
    }
}

/// What a message says.
pub(super) fn payload(payload: &Payload) -> String {
    match payload {
        Payload::Text { body, preview_url: None } => format!("{body:?}"),
        other => format!("{} {}", other.kind(), json(other)),
    }
}

fn scope_word(scope: StateScope) -> &'static str {
    match scope {
        StateScope::Conversation => "conversation",
        StateScope::Contact => "contact",
        StateScope::Installation => "installation",
    }
}

fn bytes(value: &[u8]) -> String {
    std::str::from_utf8(value).map_or_else(|_| format!("{} bytes", value.len()), |text| format!("{text:?}"))
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// All of them in a few words.
pub(super) fn summary(effects: &[Effect]) -> String {
    let first = effects.iter().find(|effect| matches!(effect, Effect::Send { .. })).or(effects.first());
    let Some(first) = first else { return "asked for nothing".to_owned() };
    let mut text: String = words(first).chars().take(80).collect();
    if effects.len() > 1 {
        text += &format!(" and {} more", effects.len() - 1);
    }
    text
}

/// What changed, line by line: ` ` is in both, `-` only before, `+` only after.
pub(super) fn changes(before: &[Effect], after: &[Effect]) -> Vec<(char, String)> {
    // The longest common part, from its end: lists are short, a hundred at most.
    let mut common = vec![vec![0_u32; after.len() + 1]; before.len() + 1];
    for (i, one) in before.iter().enumerate().rev() {
        for (j, other) in after.iter().enumerate().rev() {
            common[i][j] = if one == other { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < before.len() || j < after.len() {
        if i < before.len() && j < after.len() && before[i] == after[j] {
            lines.push((' ', words(&before[i])));
            (i, j) = (i + 1, j + 1);
        } else if j == after.len() || (i < before.len() && common[i + 1][j] >= common[i][j + 1]) {
            lines.push(('-', words(&before[i])));
            i += 1;
        } else {
            lines.push(('+', words(&after[j])));
            j += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_shows_what_stayed_and_what_did_not() {
        let tag = |tag: &str| Effect::Tag { tag: tag.into() };
        let lines = changes(&[tag("a"), tag("b"), tag("c")], &[tag("a"), tag("x"), tag("c"), tag("d")]);
        let marks: String = lines.iter().map(|(mark, _)| mark).collect();
        assert_eq!(marks, " -+ +", "{lines:?}");
        assert_eq!(changes(&[], &[tag("a")]), [('+', "tag \"a\"".to_owned())]);
        assert_eq!(changes(&[tag("a")], &[]), [('-', "tag \"a\"".to_owned())]);
    }
}
