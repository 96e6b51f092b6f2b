//! A scripted demo: a file that reads like a chat, with expectations.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, FixedOffset};
use serde::Deserialize;

use ponte_model::Owner;

use super::stage::Stage;

/// A script.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Script {
    /// When it begins.
    pub(super) at: Option<DateTime<FixedOffset>>,
    #[serde(with = "serde_yaml_ng::with::singleton_map_recursive")]
    steps: Vec<Step>,
}

/// One step. In the file: a map of one key.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Step {
    /// The customer writes.
    Customer(String),
    /// The customer taps the button or row with this label on the last message that has it.
    Tap(String),
    /// The owner writes from the phone.
    Phone(String),
    /// The store tells of an order: what is written here takes the place of what the demo's order says (`state`, `id`,
    /// `items` … as in docs/hooks.md). The same `event` twice is the same event, delivered again.
    Order(serde_json::Map<String, serde_json::Value>),
    /// Another customer takes the phone, by its number; the chat goes on as theirs.
    As(String),
    /// Time passes: `25h`, `90m`, `30s`, `2d`.
    Advance(Span),
    /// What must have come of it.
    Expect(Expect),
}

/// What must have come of the steps since the last expectation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Expect {
    /// One message to the customer.
    Reply(Reply),
    /// No message to the customer, because of this rule.
    Silence(String),
    /// The conversation was handed to people, with a note for them.
    HandedTo(HandedTo),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HandedTo {
    who: Owner,
    note: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply {
    contains: String,
}

/// A duration such as `25h`.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Span(pub(super) Duration);

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no duration; write 25h, 90m, 30s or 2d");
        let digits = text.trim_end_matches(char::is_alphabetic);
        let number: u64 = digits.parse().map_err(|_| wrong())?;
        let unit = match &text[digits.len()..] {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return Err(wrong()),
        };
        Ok(Self(Duration::from_secs(number * unit)))
    }
}

impl Script {
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let script: Self =
            serde_yaml_ng::from_str(&text).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
        anyhow::ensure!(!script.steps.is_empty(), "{} has no steps", path.display());
        Ok(script)
    }
}

/// Plays a script: prints the chat, and at the end whether it went as expected.
pub(super) async fn play(stage: &mut Stage, script: &Script) -> anyhow::Result<ExitCode> {
    println!("flows: {}", stage.flows.join(", "));
    let mut seen = 0;
    let (mut met, mut missed) = (0, 0);
    for (index, step) in script.steps.iter().enumerate() {
        let time = stage.wall().format("%a %H:%M");
        match step {
            Step::Customer(text) => {
                println!("{time}  customer  {text}");
                stage.customer.writes(text).await;
            }
            Step::As(phone) => {
                stage.is_now(phone);
                seen = stage.customer.inbox().len();
                println!("{time}  …         the customer is {}", stage.customer.phone());
            }
            Step::Tap(label) => {
                println!("{time}  customer  [{label}]");
                tap(stage, label).await?;
            }
            Step::Phone(text) => {
                println!("{time}  phone     {text}");
                stage.phone.writes(stage.customer.phone().clone(), text).await;
                // What came over the phone is no reply of Ponte's.
                seen += 1;
            }
            Step::Order(order) => {
                let word = |key: &str, default: &str| {
                    order.get(key).and_then(serde_json::Value::as_str).unwrap_or(default).to_owned()
                };
                println!("{time}  store     order {} is {}", word("id", "1001"), word("state", "paid"));
                stage.store_tells(order).await?;
            }
            Step::Advance(Span(by)) => {
                stage.clock.advance(*by);
                println!("{time}  …         {} passes", words(*by));
            }
            Step::Expect(expect) => {
                stage.rest().await?;
                let new: Vec<String> =
                    stage.customer.inbox().iter().skip(seen).map(|message| message.text.clone()).collect();
                seen += new.len();
                for text in &new {
                    println!("{time}  ponte     {}", text.replace('\n', "\n                    "));
                }
                match verdict(stage, expect, &new).await? {
                    Ok(why) => {
                        met += 1;
                        println!("           ✓ {why}");
                    }
                    Err(why) => {
                        missed += 1;
                        println!("           ✗ step {}: {why}", index + 1);
                    }
                }
            }
        }
        stage.rest().await?;
    }
    println!("{met} of {} expectations met", met + missed);
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn verdict(stage: &Stage, expect: &Expect, new: &[String]) -> anyhow::Result<Result<String, String>> {
    let rule = async || -> anyhow::Result<String> {
        let last = stage.decisions(1).await?.into_iter().next();
        Ok(last.and_then(|last| last.decision).unwrap_or_else(|| "nothing was decided".to_owned()))
    };
    Ok(match expect {
        Expect::Reply(reply) => match new {
            [one] if one.contains(&reply.contains) => Ok(format!("a reply with {:?}", reply.contains)),
            [one] => Err(format!("a reply with {:?} was expected; it says {one:?}", reply.contains)),
            [] => Err(format!("a reply was expected; none came ({})", rule().await?)),
            many => Err(format!("one reply was expected; {} came", many.len())),
        },
        Expect::HandedTo(expected) => match stage.handed().await? {
            _ if !new.is_empty() => Err(format!("silence was expected; there came {:?}", new[0])),
            Some(handed) if handed.to == expected.who && handed.note.contains(&expected.note) => {
                Ok(format!("handed to {}: {}", handed.to, handed.note))
            }
            Some(handed) => Err(format!(
                "a hand-off to {} with {:?} was expected; it went to {}: {:?}",
                expected.who, expected.note, handed.to, handed.note
            )),
            None => Err(format!("a hand-off to {} was expected; there was none ({})", expected.who, rule().await?)),
        },
        Expect::Silence(expected) => {
            let rule = rule().await?;
            if let Some(first) = new.first() {
                Err(format!("silence was expected; there came {first:?}"))
            } else if rule == *expected {
                Ok(format!("silence: {rule}"))
            } else {
                Err(format!("silence because of {expected:?} was expected; the rule was {rule:?}"))
            }
        }
    })
}

/// Taps the thing with this label (or id) on the newest message that offers it.
pub(super) async fn tap(stage: &Stage, label: &str) -> anyhow::Result<()> {
    for message in stage.customer.inbox().iter().rev() {
        let action = &message.json()["interactive"]["action"];
        let is = |thing: &serde_json::Value| thing["title"] == label || thing["id"] == label;
        let buttons = action["buttons"].as_array().into_iter().flatten().map(|button| &button["reply"]);
        if let Some(button) = buttons.into_iter().find(|button| is(button)) {
            let (id, title) = pair(button);
            stage.customer.taps_button(&id, &title).await;
            return Ok(());
        }
        let rows = action["sections"].as_array().into_iter().flatten().flat_map(|section| section["rows"].as_array());
        if let Some(row) = rows.flatten().find(|row| is(row)) {
            let (id, title) = pair(row);
            stage.customer.chooses(&id, &title).await;
            return Ok(());
        }
    }
    anyhow::bail!("no message offers {label:?} to tap")
}

fn pair(thing: &serde_json::Value) -> (String, String) {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    (text(&thing["id"]), text(&thing["title"]))
}

fn words(by: Duration) -> String {
    let seconds = by.as_secs();
    match seconds {
        _ if seconds.is_multiple_of(3_600) => format!("{} h", seconds / 3_600),
        _ if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        for (text, expected) in [("30s", Some(30)), ("90m", Some(5400)), ("25h", Some(90_000)), ("2d", Some(172_800))] {
            assert_eq!(Span::try_from(text.to_owned()).ok().map(|span| span.0.as_secs()), expected);
        }
        for text in ["", "h", "10", "1w", "-1h"] {
            assert!(Span::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
