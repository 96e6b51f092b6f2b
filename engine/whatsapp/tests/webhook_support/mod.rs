//! What the webhook tests share.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]

use std::path::PathBuf;

use ponte_model::{Event, Timestamp};
use ponte_whatsapp::webhook::decode;
use serde_json::Value;

/// When every test receives its webhooks; later than anything in them.
pub const RECEIVED: Timestamp = Timestamp::from_secs(1_800_000_000);

/// The events of a body.
pub fn events_of(body: &str) -> Vec<Event> {
    decode(body.as_bytes(), RECEIVED).unwrap()
}

/// One of our own payloads, as text.
pub fn payload(name: &str) -> String {
    let path = PathBuf::from("tests/payloads").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every payload of our own, with its name.
pub fn own_payloads() -> Vec<(String, String)> {
    let dir = PathBuf::from("tests/payloads");
    let names = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.ends_with(".json")).collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), payload(&name))).collect()
}

/// Every payload of the corpora as `file#case`; `None`, with a notice, where they are absent.
pub fn corpora() -> Option<Vec<(String, Value)>> {
    let default = PathBuf::from("../../../shared/corpora");
    let root = std::env::var_os("PONTE_CORPORA").map_or(default, PathBuf::from);
    let mut cases = Vec::new();
    for dir in ["pywa", "meta-openapi/webhooks"] {
        let Ok(files) = std::fs::read_dir(root.join(dir)) else {
            println!("skipped: no payload corpora at {}; set PONTE_CORPORA to their directory", root.display());
            return None;
        };
        for file in files {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                let json = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
                collect(name, &json, &mut cases);
            }
        }
    }
    Some(cases)
}

/// A file is a payload, or an object of payloads, some of which have another beside their entries.
fn collect(name: String, json: &Value, cases: &mut Vec<(String, Value)>) {
    if json.get("entry").is_some() {
        cases.push((name.clone(), json.clone()));
    }
    for (key, inner) in json.as_object().into_iter().flatten().filter(|(_, inner)| inner.is_object()) {
        collect(format!("{name}#{key}"), inner, cases);
    }
}

/// An event in one line: who, where, what, which message, whom it names.
pub fn line(event: &Event) -> String {
    let told = serde_json::to_value(event).unwrap();
    let kind = match &event.body {
        ponte_model::Body::Standby(inner) => format!("standby:{}", inner.kind()),
        body => body.kind().to_owned(),
    };
    let word = |value: &Value| value.as_str().map(str::to_owned);
    let contact = &told["contact"];
    let mut words = vec![word(&told["origin"]).unwrap(), word(&told["lane"]).unwrap(), kind];
    words.extend(word(&told["message_id"]));
    words.extend(word(&contact["phone"]).map(|phone| format!("+{phone}")));
    words.extend(word(&contact["user_id"]));
    words.extend(word(&contact["parent_user_id"]));
    words.extend(word(&contact["name"]["display"]).map(|name| format!("({name})")));
    words.extend(word(&contact["name"]["username"]).map(|name| format!("@{name}")));
    words.join(" ")
}

/// Compares the events with a table of lines.
#[track_caller]
pub fn assert_lines(events: &[Event], expected: &[&str]) {
    let lines: Vec<_> = events.iter().map(line).collect();
    assert_eq!(lines.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

/// Why something was not recognized.
pub fn why(event: &Event) -> &str {
    match &event.body {
        ponte_model::Body::Unrecognized { why, .. } => why,
        body => panic!("{} was recognized", body.kind()),
    }
}
