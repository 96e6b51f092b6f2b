//! `ponte run show`: the story of a run on one screen.

use std::process::ExitCode;

use ponte_model::send::Payload;
use ponte_model::{Body, ContactId, Event, MessageId, Timestamp};
use ponte_sandbox::journal::{RecordedCall, Recording};
use ponte_store::{RunRow, SendRow, Store};
use serde_json::{Value, json};

use super::{effects, named, said};
use crate::commands::outbox;

pub(super) async fn run(store: &dyn Store, part: &str, as_json: bool) -> anyhow::Result<ExitCode> {
    let row = named(store, part).await?;
    let bytes = store.recording(&row.run.id).await?;
    let recording = bytes.as_deref().map(Recording::read).transpose();
    let sends = store.run_sends(&row.run.id).await?;
    if as_json {
        let mut value = super::as_value(&row);
        value["messages"] = sends.iter().map(outbox::as_value).collect();
        match &recording {
            Ok(Some(recording)) => {
                value["recording"] = json!({ "ponte": recording.host, "event": recording.request.event,
                    "attempt": recording.request.attempt, "permissions": recording.request.permissions,
                    "calls": recording.calls() });
            }
            Ok(None) => value["recording"] = Value::Null,
            Err(error) => value["recording"] = json!({ "error": error.to_string() }),
        }
        println!("{}", serde_json::to_string_pretty(&value)?);
        return Ok(ExitCode::SUCCESS);
    }
    print(&row, recording.as_ref().ok().and_then(Option::as_ref), &sends);
    match &recording {
        Ok(Some(_)) => println!("\n`ponte run replay {}` runs it again", row.run.id),
        Ok(None) => {
            let why = row.run.report["unrecorded"].as_str().unwrap_or("its recording was deleted in the meantime");
            println!("\nit cannot be run again: {why}");
        }
        Err(error) => println!("\nit cannot be run again: {error}"),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(row: &RunRow, recording: Option<&Recording>, sends: &[SendRow]) {
    let (run, report) = (&row.run, &row.run.report);
    println!("run       {}", run.id);
    println!(
        "event     {}",
        recording.map_or_else(|| run.event.to_string(), |recording| event(&recording.request.event))
    );
    println!("at        {} (try {})", run.at, report["attempt"].as_u64().unwrap_or(0) + 1);
    if let (Some(number), Some(contact)) = (&run.number, &run.contact) {
        println!("chat      {number}/{contact}");
    }
    println!(
        "flow      {} {} by the rule `{}` ({})",
        run.installation,
        run.version,
        run.rule,
        short(run.digest.as_str())
    );
    if let Some(facts) = recording.and_then(Recording::conversation) {
        let window = facts.window_until.map_or_else(|| "closed".to_owned(), |until| format!("open until {until}"));
        let count = facts.customer_messages;
        println!("began     owner {}, window {window}, {count} message(s) of the customer so far", facts.owner);
    }
    let sentence = said(&report["sentence"]);
    let more = if sentence == run.outcome { String::new() } else { format!(": {sentence}") };
    println!("outcome   {}{more}", run.outcome);
    let number = |field: &str| report[field].as_u64().unwrap_or(0);
    println!(
        "used      {:.1} ms of CPU, {:.1} ms in all, {} host calls, {:.1} MiB of memory",
        number("cpu_us") as f64 / 1e3,
        number("wall_us") as f64 / 1e3,
        number("host_calls"),
        number("peak_memory") as f64 / f64::from(1 << 20),
    );
    match recording {
        Some(recording) => section("what it asked, in order", recording.calls().iter().map(call)),
        // Of a run that was not recorded, only what was refused is known.
        None => {
            let refusals = report["refusals"].as_array().into_iter().flatten();
            section(
                "what was refused",
                refusals.map(|one| format!("{}: {}", said(&one["call"]), refusal(&one["refusal"]))),
            );
        }
    }
    section("what it asked for", effects::of(report).iter().map(effects::words));
    let log = report["log"].as_array().into_iter().flatten();
    section("log", log.map(|line| format!("{:<5} {}", said(&line["level"]), said(&line["text"]))));
    section("what became of its messages", sends.iter().map(|send| outbox::line(send, true)));
}

fn section(title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        println!("\n{title}");
        for (number, line) in lines.enumerate() {
            println!("{:>4} {line}", number + 1);
        }
    }
}

fn short(digest: &str) -> String {
    digest.chars().take(19).collect()
}

fn event(event: &Event) -> String {
    let who = event.contact.as_ref();
    let name = who.and_then(|person| person.name.display.clone()).unwrap_or_default();
    let phone = who.and_then(|person| person.phone.as_ref()).map(|phone| phone.as_str().to_owned()).unwrap_or_default();
    let what = match &event.body {
        Body::Message(message) => message
            .content
            .text()
            .map_or_else(|| serde_json::to_string(&message.content).unwrap_or_default(), |text| format!("{text:?}")),
        other => serde_json::to_string(other).unwrap_or_default(),
    };
    let what: String = what.chars().take(300).collect();
    format!("{} {} from {name} {phone}: {what}", event.key, event.body.kind())
}

/// A call as a line.
fn call(call: &RecordedCall) -> String {
    let RecordedCall { name, asked, answered } = call;
    if name.contains('.') {
        return if answered.is_null() { name.clone() } else { format!("{name} → refused: {}", refusal(answered)) };
    }
    let answer = match (answered.get("Err"), answered.get("Ok")) {
        (Some(no), _) => format!("refused: {}", refusal(no)),
        (_, Some(yes)) => match name.as_str() {
            "propose" | "amended" | "may-hold" => "allowed".to_owned(),
            _ => answer(yes),
        },
        _ => match name.as_str() {
            "conversation" | "automatic" | "phone" | "burst" if answered.is_null() => "as at the beginning".to_owned(),
            // It is JSON already.
            "setting" => answered.as_str().map_or_else(|| "nothing".to_owned(), cut),
            _ => answer(answered),
        },
    };
    format!("{} → {answer}", question(name, asked))
}

/// What was asked, in words.
pub(super) fn question(name: &str, asked: &Value) -> String {
    let parts: Vec<_> = asked.as_array().into_iter().flatten().map(plain).collect();
    let parts = parts.join(" ");
    match name {
        "propose" => match serde_json::from_value::<(ContactId, Payload, Option<MessageId>)>(asked.clone()) {
            Ok((to, payload, _)) => format!("send to {to} {}", effects::payload(&payload)),
            Err(_) => format!("send {parts}"),
        },
        "amended" => "change a message".to_owned(),
        "period" | "local-time" => {
            let at = asked[0].as_i64().map(Timestamp::from_millis);
            format!("{name} at {}", at.map_or(parts, |at| at.to_string()))
        }
        _ => format!("{name} {parts}").trim_end().to_owned(),
    }
}

/// A value without the marks of its type.
fn answer(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Object(map) if map.len() == 1 && map.contains_key("t") => map["t"].to_string(),
        Value::Object(map) if map.len() == 1 && map.contains_key("x") => format!("bytes {}", plain(&map["x"])),
        other => cut(&other.to_string()),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn refusal(value: &Value) -> String {
    let parsed = serde_json::from_value::<ponte_model::Refusal>(value.clone());
    parsed.map_or_else(|_| value.to_string(), |refusal| refusal.to_string())
}

fn cut(text: &str) -> String {
    const MOST: usize = 200;
    if text.chars().count() <= MOST { text.to_owned() } else { text.chars().take(MOST).chain("…".chars()).collect() }
}
