//! What a flow in Python asks for. Its component imports the whole contract and tells nothing, so the source is read as
//! words: which modules of the SDK it imports, and where it uses them.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use ponte_flow::{Permission, Problem};

use crate::Finding;
use crate::component::{free, how_to_request};

/// The SDK.
const SDK: &str = "ponte_sdk";

/// The functions that the SDK has at its top, and their module.
const AT_THE_TOP: [(&str, &str); 3] = [("reply", "send"), ("reply_buttons", "send"), ("reply_list", "send")];

/// A module that uses others.
const DIALOG: (&str, [&str; 4]) = ("dialog", ["conversation", "schedule", "send", "state"]);

/// A function of the contract that Python calls otherwise.
const OTHERWISE: [(&str, &str); 1] = [("facts", "get")];

/// What is used and not requested, each once, at its first use. A warning: words are no proof.
pub(crate) fn unrequested(sources: &[(String, Arc<str>)], requested: &BTreeSet<&str>) -> Vec<Finding> {
    let mut told = BTreeSet::new();
    let mut findings = Vec::new();
    for (file, text) in sources.iter().filter(|(file, _)| file.ends_with(".py")) {
        for (permission, span) in uses(text) {
            if requested.contains(permission) || !told.insert(permission) {
                continue;
            }
            let what = format!("this asks for {permission}, which the manifest does not request");
            let help = how_to_request(permission);
            findings.push(Finding::warning(Problem::within(file, text, span, what, Some(help))));
        }
    }
    findings
}

/// The permissions that a file needs, with the places.
fn uses(text: &str) -> Vec<(&'static str, Range<usize>)> {
    let mut found = Vec::new();
    for (name, called, at) in imported(text) {
        if name == DIALOG.0 {
            found.extend(DIALOG.1.map(|permission| (permission, at.clone())));
        } else if let Some((_, permission)) = AT_THE_TOP.iter().find(|(function, _)| *function == name) {
            found.extend(calls(text, &format!("{called}(")).map(|span| (*permission, span)).next());
        } else if let Some(permission) = Permission::parse(name).map(Permission::as_str) {
            if called.is_empty() {
                // Which of its functions, is not looked at where some are free.
                found.extend(free(permission).is_none().then_some((permission, at)));
                continue;
            }
            let used = calls(text, &format!("{called}."));
            found.extend(
                used.filter(|span| !is_free(permission, &text[span.end..])).map(|span| (permission, span)).next(),
            );
        }
    }
    found.sort_by_key(|(_, span)| span.start);
    found
}

/// Whether a function of a module, whose name begins the words, needs no permission.
fn is_free(module: &str, words: &str) -> bool {
    let end = words.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(words.len());
    let name = OTHERWISE.iter().find(|(python, _)| *python == &words[..end]).map_or(&words[..end], |(_, name)| name);
    free(module).unwrap_or_default().contains(&name)
}

/// What is imported of the SDK: its name there, its name here (none where its functions come alone), and the place.
fn imported(text: &str) -> Vec<(&str, String, Range<usize>)> {
    let mut names = Vec::new();
    let mut whole = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let begin = at + (line.len() - line.trim_start().len());
        at += line.len();
        let here = begin..begin + line.trim().len();
        let words = line.trim();
        whole |= words.strip_prefix("import ").is_some_and(|rest| rest.trim().starts_with(SDK));
        let Some((module, list)) = words.strip_prefix("from ").and_then(|rest| rest.split_once(" import ")) else {
            continue;
        };
        let (module, list) = (module.trim(), list.trim());
        if let Some(module) = module.strip_prefix(SDK).and_then(|rest| rest.strip_prefix('.')) {
            // Its functions come alone: `from ponte_sdk.dialog import Dialog`.
            names.push((module, String::new(), here));
        } else if module == SDK {
            names.extend(items(list, text, here.end).map(|(name, called)| (name, called, here.clone())));
        }
    }
    if whole {
        let modules =
            Permission::ALL.map(Permission::as_str).into_iter().chain(AT_THE_TOP.map(|(function, _)| function));
        names.extend(modules.map(|name| (name, format!("{SDK}.{name}"), 0..0)));
    }
    names
}

/// The names of an import, with those that they get here. In brackets it goes on over the lines that follow.
fn items<'a>(list: &'a str, text: &'a str, end: usize) -> impl Iterator<Item = (&'a str, String)> {
    let list = match list.strip_prefix('(') {
        Some(inner) if !inner.contains(')') => {
            let begin = end - inner.len();
            text[begin..].split(')').next().unwrap_or(inner)
        }
        Some(inner) => inner.split(')').next().unwrap_or(inner),
        None => list,
    };
    let lines = list.lines().map(|line| line.split('#').next().unwrap_or_default());
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|item| !item.is_empty()).map(|item| {
        let (name, called) = item.split_once(" as ").unwrap_or((item, item));
        (name.trim(), called.trim().to_owned())
    })
}

/// Where a name is used: not as the end of another one, and not behind a `#`.
fn calls<'a>(text: &'a str, words: &'a str) -> impl Iterator<Item = Range<usize>> + use<> {
    let places: Vec<_> = text
        .match_indices(words)
        .filter(|(at, _)| {
            let before = &text[..*at];
            let line = before.rsplit('\n').next().unwrap_or_default();
            let part = before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.');
            !part && !line.contains('#') && !line.trim_start().starts_with("from ")
        })
        .map(|(at, _)| at..at + words.len())
        .collect();
    places.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_source_asks_for_is_seen() {
        let table: [(&str, &[&str]); 13] = [
            ("from ponte_sdk import state\nstate.get('x')", &["state"]),
            ("from ponte_sdk import (\n    Event,  # one\n    state as kept,\n)\nkept.get('x')", &["state"]),
            ("from ponte_sdk import state", &[]),
            ("from ponte_sdk import state\n# state.get('x')", &[]),
            ("from ponte_sdk import reply, reply_list\nreply('x')\nreply('y')", &["send"]),
            ("import ponte_sdk\nponte_sdk.schedule.after(3)\nponte_sdk.reply('x')", &["schedule", "send"]),
            ("from ponte_sdk import conversation\nconversation.facts()\nconversation.recent()", &[]),
            (
                "from ponte_sdk import conversation\nconversation.facts()\nconversation.hand_off('x', 'y')",
                &["conversation"],
            ),
            ("from ponte_sdk import state\nstate.conversation.add('x')", &["state"]),
            ("from ponte_sdk.dialog import Dialog", &["conversation", "schedule", "send", "state"]),
            ("from ponte_sdk import settings, texts, run\nsettings.get('x')\ntexts.get('x')", &[]),
            ("import secrets\nsecrets.token_hex()", &[]),
            ("state = {}\nstate.get('x')", &[]),
        ];
        for (source, expected) in table {
            let found: Vec<_> = uses(source).into_iter().map(|(permission, _)| permission).collect();
            assert_eq!(found, expected, "{source}");
        }
    }
}
