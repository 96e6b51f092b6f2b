//! `plugins/sdk/dialog-cases.json`: what a dialog does in every SDK's language.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Chat, DAY, Memory};
use crate::conversation::Target;
use crate::dialog::said::Said;
use crate::dialog::world::Heard;
use crate::dialog::{Dialog, Question, Result};
use crate::send::Row;

/// A question with the options of its step.
fn question<'d, 'w>(d: &'d mut Dialog<'w>, name: &str, text: String, options: &Value) -> Question<'d, 'w, String> {
    let number = |key: &str| options[key].as_u64().map(|number| u32::try_from(number).expect("a small number"));
    let mut question = d.question(name, text);
    if let Some(within) = number("within") {
        question = question.within(within);
    }
    if let Some(tries) = number("tries") {
        question = question.tries(tries);
    }
    question
}

/// Runs a script that is written as data.
fn play(d: &mut Dialog<'_>, script: &[Value]) -> Result {
    let mut answers: BTreeMap<String, String> = BTreeMap::new();
    for step in script {
        let (kind, about) = step.as_object().and_then(|step| step.iter().next()).expect("a step");
        let text = |at: usize| about[at].as_str().unwrap_or_default().to_owned();
        let fill = |mut text: String| {
            answers.iter().for_each(|(name, answer)| text = text.replace(&format!("{{{name}}}"), answer));
            text
        };
        let name = text(0);
        let pairs = |at: usize| -> Vec<(String, String)> {
            let pairs = about[at].as_object().expect("choices").iter();
            pairs.map(|(id, title)| (id.clone(), title.as_str().unwrap_or_default().to_owned())).collect()
        };
        let options = match kind.as_str() {
            "ask" => &about[2],
            "buttons" => &about[3],
            "list" => &about[4],
            _ => &Value::Null,
        };
        let wants_number = options["check"] == "number";
        let answer = match (kind.as_str(), options["default"].as_str()) {
            ("ask", default) => {
                let question =
                    question(d, &name, fill(text(1)), options).check(move |said| match said.parse::<u32>() {
                        Err(_) if wants_number => Err("a number".to_owned()),
                        _ => Ok(said),
                    });
                match default {
                    Some(default) => question.or_timeout()?.unwrap_or_else(|| default.to_owned()),
                    None => question.answer()?,
                }
            }
            ("buttons", _) => question(d, &name, fill(text(1)), options).buttons(pairs(2)).answer()?.title,
            ("list", _) => {
                let rows = pairs(3).into_iter().map(|(id, title)| Row::new(id, title));
                question(d, &name, fill(text(1)), options).list(text(2), rows).answer()?.title
            }
            ("say", _) => {
                let said = fill(text(1));
                d.say(&name, said)?;
                String::new()
            }
            ("once", _) => d.once(&name, || Ok(about[1].clone()))?.to_string(),
            ("handOff", _) => {
                let to = if about[0] == "app" { Target::App } else { Target::Team };
                let note = fill(text(1));
                return d.hand_off(to, note);
            }
            other => panic!("no such step: {other:?}"),
        };
        answers.insert(name, answer);
    }
    Ok(())
}

#[test]
fn it_does_what_dialogs_do_in_every_language() {
    let cases: Value = serde_json::from_str(include_str!("../../../../dialog-cases.json")).expect("cases");
    let cases = cases["cases"].as_array().expect("cases");
    assert!(cases.len() > 10);
    for case in cases {
        let name = &case["name"];
        let mut script = case["script"].as_array().expect("a script").clone();
        let mut memory = Memory { now: 1_000, by_key: true, ..Memory::default() };
        for turn in case["turns"].as_array().expect("turns") {
            if let Some(changed) = turn["script"].as_array() {
                script.clone_from(changed);
            }
            let mut chat = Chat::new(|d: &mut Dialog<'_>| play(d, &script));
            memory.now += 1_000;
            memory.errors.borrow_mut().clear();
            let heard = match turn {
                _ if turn["begins"] == true => Heard::Message(Said::text("hi")),
                _ if turn["wordless"] == true => Heard::Message(Said::Wordless),
                _ if turn["timedOut"] == true => {
                    memory.now = memory.timer.take().expect("a timer");
                    Heard::Timer
                }
                _ if turn["missed"] == true => {
                    memory.now += 8 * DAY;
                    Heard::Message(Said::text("hi"))
                }
                _ if turn["tap"].is_string() => {
                    Heard::Message(Said::Tap(turn["tap"].as_str().unwrap_or_default().into()))
                }
                _ => {
                    let last = turn["text"].as_str().expect("a text").to_owned();
                    let all = turn["all"].as_str().unwrap_or(&last).to_owned();
                    Heard::Message(Said::Text { last, all })
                }
            };
            chat.memory = memory;
            let sent = chat.hears(heard).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
            let sent: Vec<Value> = sent.into_iter().map(Value::from).collect();
            memory = chat.memory.clone();
            let kept: Value =
                memory.kept.as_deref().map(|json| serde_json::from_slice(json).unwrap()).unwrap_or_default();
            match turn["ends"].as_str().expect("an end") {
                // Here it begins anew at once.
                "missed" => {
                    assert_eq!((sent.len(), &kept["steps"]), (1, &serde_json::json!([])), "{name}: {turn}");
                    continue;
                }
                "changed" => {
                    let told = format!("dialog changed: {}", turn["change"].as_str().expect("a change"));
                    assert_eq!(*memory.errors.borrow(), [told], "{name}: {turn}");
                    assert_eq!(sent, ["<dialog-changed>"], "{name}: {turn}");
                    continue;
                }
                "waits" => assert!(kept.is_object(), "{name}: {turn}"),
                _ => assert!(kept.is_null() && memory.timer.is_none(), "{name}: {turn}"),
            }
            assert_eq!(Value::from(sent), turn["sends"], "{name}: {turn}");
            for (key, found) in [("steps", &kept["steps"]), ("tries", &kept["open"]["tries"])] {
                assert!(turn[key].is_null() || turn[key] == *found, "{name}: {turn}: {found}");
            }
            if let Some(note) = turn["noted"].as_str() {
                assert_eq!(memory.handed.as_deref(), Some(note), "{name}: {turn}");
            }
        }
    }
}
