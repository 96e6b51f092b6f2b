//! Buttons. (Meta: template components.)

use ponte_model::template::{Button, ButtonAction};

use super::Notes;
use crate::template::limits;
use crate::template::places::{Piece, names, pieces};

pub(super) fn check(buttons: &[Button], at: &str, notes: &mut Notes) {
    let at = format!("{at}.buttons");
    if buttons.is_empty() {
        notes.error("empty", &at, "is empty: leave the part out");
    }
    let count = |is: fn(&ButtonAction) -> bool| buttons.iter().filter(|button| is(&button.action)).count();
    for exceeded in [
        limits::BUTTONS.exceeded(buttons.len()),
        limits::URL_BUTTONS.exceeded(count(|action| matches!(action, ButtonAction::Url { .. }))),
        limits::PHONE_BUTTONS.exceeded(count(|action| matches!(action, ButtonAction::Phone { .. }))),
        limits::COPY_BUTTONS.exceeded(count(|action| matches!(action, ButtonAction::CopyCode { .. }))),
    ]
    .into_iter()
    .flatten()
    {
        notes.error("too-many-buttons", &at, format!("{exceeded}: take some out"));
    }
    let quick = |button: &Button| button.action == ButtonAction::QuickReply;
    let groups = buttons.chunk_by(|one, other| quick(one) == quick(other)).filter(|group| quick(&group[0])).count();
    if groups > 1 {
        notes.error("ungrouped", &at, "has quick replies apart from each other: put them all first, or all last");
    }
    let many = buttons.len() > limits::BUTTONS_SHOWN;
    if many || (groups > 0 && buttons.iter().any(|button| !quick(button))) {
        notes.advice(
            "hidden-buttons",
            &at,
            "is not shown on desktop, and of more than three buttons two are shown: three of one sort are seen everywhere",
        );
    }
    for (index, button) in buttons.iter().enumerate() {
        let at = format!("{at}[{index}]");
        label(button, &at, notes);
        action(&button.action, &at, notes);
        let same = |other: &Button| other.text.is_some() && other.text == button.text;
        if buttons[..index].iter().any(same) {
            notes.error("same-label", format!("{at}.text"), "is the label of another button too: each needs its own");
        }
    }
}

fn label(button: &Button, at: &str, notes: &mut Notes) {
    let at = format!("{at}.text");
    let own = matches!(
        button.action,
        ButtonAction::QuickReply | ButtonAction::Url { .. } | ButtonAction::Phone { .. } | ButtonAction::Flow
    );
    let Some(text) = &button.text else {
        if own {
            notes.error("empty", &at, "is missing: give the button a label");
        }
        return;
    };
    if text.trim().is_empty() {
        notes.error("empty", &at, "is empty: give the button a label");
    }
    let limit = if button.action == ButtonAction::VoiceCall { &limits::CALL_LABEL } else { &limits::LABEL };
    if let Some(why) = limit.exceeded_by(text) {
        notes.error("too-long", &at, format!("{why}: shorten it"));
    }
    if !names(text).is_empty() {
        notes.error("label-variable", &at, "has a variable: a label takes none");
    }
}

fn action(action: &ButtonAction, at: &str, notes: &mut Notes) {
    match action {
        ButtonAction::Url { url, example } => self::url(url, *example, at, notes),
        ButtonAction::Phone { number } => {
            if let Some(why) = limits::PHONE.exceeded_by(number) {
                notes.error("too-long", format!("{at}.phone_number"), format!("{why}: write digits with country code"));
            }
        }
        ButtonAction::CopyCode { example } => match example {
            None => notes.error("no-example", format!("{at}.example"), "is missing: give an example of a coupon"),
            Some(code) => {
                if let Some(why) = limits::COUPON.exceeded_by(code) {
                    notes.error("too-long", format!("{at}.example"), format!("{why}: shorten it"));
                }
            }
        },
        _ => {}
    }
}

fn url(url: &str, example: bool, at: &str, notes: &mut Notes) {
    let field = format!("{at}.url");
    if !url.starts_with("https://") && !url.starts_with("http://") {
        notes.error("url", &field, format!("{url:?} is not a web address: begin with https://"));
    }
    if let Some(why) = limits::URL.exceeded_by(url) {
        notes.error("too-long", &field, format!("{why}: shorten it"));
    }
    let places = names(url);
    if places.len() > 1 {
        notes.error(
            "url-variables",
            &field,
            format!("has {} variables; an address takes one, at its end", places.len()),
        );
    } else if !places.is_empty() && !matches!(pieces(url).last(), Some(Piece::Place(_))) {
        notes.error("url-variable-place", &field, "has its variable in the middle: it can only stand at the end");
    }
    if !places.is_empty() && !example {
        notes.error("no-example", format!("{at}.example"), "is missing: give an example of the whole address");
    }
}
