//! Whether it came as expected.

use std::sync::Arc;

use ponte_model::Money;
use ponte_simulator::Received;
use ponte_store::SendState;
use serde_json::Value;

use super::Played;
use crate::document::{Cost, Expect, HandedTo, LogHas, Reply, Span};
use crate::stage::{Say as _, Stage, StageError};

/// An expectation that was met, in words; or not.
pub(super) type Outcome = Result<String, Missed>;

/// An expectation that was not met.
pub(super) struct Missed {
    /// What was expected: fits before "was expected".
    pub(super) expected: String,
    /// What came instead.
    pub(super) came: String,
}

fn missed(expected: impl Into<String>, came: impl Into<String>) -> Outcome {
    Err(Missed { expected: expected.into(), came: came.into() })
}

/// Everything that is expected.
pub(super) async fn all(stage: &Stage, played: &mut Played, expect: &Expect) -> Result<Vec<Outcome>, StageError> {
    let mut outcomes = Vec::new();
    let new = played.unseen(stage);
    let looks =
        expect.reply.is_some() || expect.replies.is_some() || expect.silence.is_some() || expect.handed_to.is_some();
    if looks {
        played.seen = stage.customer.inbox().len();
    }
    if let Some(expected) = &expect.reply {
        outcomes.push(reply(stage, expected, &new).await?);
    }
    if let Some(expected) = &expect.replies {
        let expected: Vec<&Reply> = expected.iter().map(|one| &one.0).collect();
        outcomes.push(replies(stage, &expected, &new).await?);
    }
    if let Some(expected) = &expect.silence {
        outcomes.push(silence(stage, expected, &new).await?);
    }
    if let Some(expected) = &expect.handed_to {
        let spoken = expect.reply.is_some() || expect.replies.is_some();
        outcomes.push(handed(stage, expected, if spoken { &[] } else { &new }).await?);
    }
    if let Some(expected) = &expect.refused {
        outcomes.push(refused(stage, expected).await?);
    }
    if let Some(expected) = &expect.held {
        outcomes.push(held(stage, expected).await?);
    }
    if let Some(expected) = expect.owner {
        let owner = stage.owner().await?;
        outcomes.push(is("the owner", &expected.to_string(), &owner.to_string()));
    }
    for (key, expected) in expect.state.iter().flatten() {
        let value = stage.state(key).await?.unwrap_or(Value::Null);
        outcomes.push(is(&format!("state {key}"), &expected.to_string(), &value.to_string()));
    }
    if let Some(expected) = &expect.tags {
        let sorted = |mut tags: Vec<String>| {
            tags.sort();
            format!("[{}]", tags.join(", "))
        };
        outcomes.push(is("tags", &sorted(expected.clone()), &sorted(stage.tags().await?)));
    }
    if let Some(expected) = &expect.timers {
        outcomes.extend(timers(stage, expected).await?);
    }
    if let Some(expected) = &expect.cost {
        outcomes.extend(cost(stage, expected).await?);
    }
    if let Some(expected) = &expect.log {
        outcomes.push(log(stage, expected).await?);
    }
    if let Some(expected) = &expect.run {
        let last = stage.runs().await?.into_iter().next();
        let outcome = last.map_or_else(
            || "there was none".to_owned(),
            |run| match run.report["sentence"].as_str().filter(|sentence| *sentence != run.outcome) {
                Some(sentence) if run.outcome != *expected => format!("{} ({sentence})", run.outcome),
                _ => run.outcome,
            },
        );
        let last = is("the last run", expected, &outcome);
        if last.is_ok() {
            played.open.expects(expected);
        }
        outcomes.push(last);
    }
    if outcomes.is_empty() {
        return Err(StageError("expect: write what is expected, such as reply, silence, owner or state".to_owned()));
    }
    Ok(outcomes)
}

fn is(what: &str, expected: &str, found: &str) -> Outcome {
    match expected == found {
        true => Ok(format!("{what}: {found}")),
        false => missed(format!("{what}: {expected}"), format!("it is {found}")),
    }
}

async fn rule(stage: &Stage) -> Result<String, StageError> {
    let last = stage.decisions(1).await?.into_iter().next();
    Ok(last.and_then(|last| last.decision).unwrap_or_else(|| "nothing was decided".to_owned()))
}

fn quoted(new: &[Arc<Received>]) -> String {
    new.iter().map(|message| format!("\n{:?}", message.text)).collect()
}

async fn reply(stage: &Stage, expected: &Reply, new: &[Arc<Received>]) -> Result<Outcome, StageError> {
    let words = expected.words();
    let count = expected.count.unwrap_or(1);
    Ok(match new {
        [] if count > 0 => missed(words, format!("none came ({})", rule(stage).await?)),
        _ if new.len() != count => {
            let many = if count == 1 { words } else { format!("{count} messages, the last {words}") };
            missed(many, format!("{} came:{}", new.len(), quoted(new)))
        }
        [.., last] => match expected.fits(last)? {
            None => Ok(words),
            Some(why) => missed(words, why),
        },
        [] => Ok("no reply".to_owned()),
    })
}

async fn replies(stage: &Stage, expected: &[&Reply], new: &[Arc<Received>]) -> Result<Outcome, StageError> {
    let words: Vec<_> = expected.iter().map(|reply| reply.words()).collect();
    let words = format!("{} messages: {}", expected.len(), words.join("; "));
    if new.len() != expected.len() {
        let came = match new {
            [] => format!("none came ({})", rule(stage).await?),
            _ => format!("{} came:{}", new.len(), quoted(new)),
        };
        return Ok(missed(words, came));
    }
    for (index, (reply, message)) in expected.iter().zip(new).enumerate() {
        if let Some(why) = reply.fits(message)? {
            return Ok(missed(words, format!("of message {}: {why}", index + 1)));
        }
    }
    Ok(Ok(words))
}

async fn silence(stage: &Stage, expected: &str, new: &[Arc<Received>]) -> Result<Outcome, StageError> {
    let rule = rule(stage).await?;
    Ok(if let Some(first) = new.first() {
        missed("silence", format!("there came {:?}", first.text))
    } else if rule == expected || expected == "any" {
        Ok(format!("silence: {rule}"))
    } else {
        missed(format!("silence because of {expected:?}"), format!("the rule was {rule:?}"))
    })
}

async fn handed(stage: &Stage, expected: &HandedTo, new: &[Arc<Received>]) -> Result<Outcome, StageError> {
    if let Some(first) = new.first() {
        return Ok(missed("silence", format!("there came {:?}", first.text)));
    }
    let words = match expected.note.as_str() {
        "" => format!("a hand-off to {}", expected.who),
        note => format!("a hand-off to {} with {note:?}", expected.who),
    };
    Ok(match stage.handed().await? {
        Some(handed) if handed.to == expected.who && handed.note.contains(&expected.note) => {
            Ok(format!("handed to {}: {}", handed.to, handed.note))
        }
        Some(handed) => missed(words, format!("it went to {}: {:?}", handed.to, handed.note)),
        None => missed(words, format!("there was none ({})", rule(stage).await?)),
    })
}

/// A refusal is where the flow was told of it, or in the outbox, if it was only found out as the message was to leave.
async fn refused(stage: &Stage, expected: &str) -> Result<Outcome, StageError> {
    let words = format!("a message refused because of {expected:?}");
    let sent = stage.sends().await?.into_iter().next();
    let sent = sent.filter(|send| send.state == SendState::Refused || send.state == SendState::Failed);
    let in_outbox = sent.and_then(|send| send.reason);
    let run = stage.runs().await?.into_iter().next();
    let at_call = run.as_ref().and_then(|run| run.report["refusals"].as_array()).and_then(|all| all.last()).cloned();
    let reasons: Vec<String> = in_outbox.into_iter().chain(at_call.map(|refusal| refusal.to_string())).collect();
    Ok(match reasons.iter().find(|reason| reason.contains(expected)) {
        Some(reason) => Ok(format!("refused: {reason}")),
        None if reasons.is_empty() => missed(words, "nothing was refused"),
        None => missed(words, format!("the reason was {}", reasons.join(", "))),
    })
}

async fn held(stage: &Stage, expected: &str) -> Result<Outcome, StageError> {
    let words = format!("a message that waits because of {expected:?}");
    let waiting = stage.sends().await?.into_iter().find(|send| send.state == SendState::Queued);
    Ok(match waiting {
        Some(send) => {
            let reason = send.reason.unwrap_or_else(|| "its turn".to_owned());
            match reason.contains(expected) {
                true => Ok(format!("held: {reason}")),
                false => missed(words, format!("one waits because of {reason}")),
            }
        }
        None => missed(words, "none waits"),
    })
}

async fn timers(
    stage: &Stage,
    expected: &std::collections::BTreeMap<String, Option<Span>>,
) -> Result<Vec<Outcome>, StageError> {
    let set = stage.timers().await?;
    let now = stage.clock.now();
    let one = |(name, within): (&String, &Option<Span>)| {
        let found = set.iter().find(|timer| timer.name == *name).map(|timer| Span(timer.due.since(now)));
        let words = |span: &Option<Span>| span.map_or("none".to_owned(), |span| format!("in {span}"));
        // The platform tells whole seconds, so a second more or less is no matter.
        let same = match (within, &found) {
            (Some(within), Some(found)) => within.0.abs_diff(found.0).as_millis() <= 1_000,
            (None, None) => true,
            _ => false,
        };
        match same {
            true => Ok(format!("timer {name}: {}", words(within))),
            false => missed(format!("timer {name}: {}", words(within)), format!("it is {}", words(&found))),
        }
    };
    Ok(expected.iter().map(one).collect())
}

async fn cost(stage: &Stage, expected: &Cost) -> Result<Vec<Outcome>, StageError> {
    let (total, charged) = stage.cost().await?;
    let mut outcomes = Vec::new();
    if let Some(wanted) = &expected.total {
        let wanted = Money::parse_micros(wanted).map_err(|why| StageError(format!("cost: {why}")))?;
        outcomes.push(is("cost", &Money::decimal(wanted), &Money::decimal(total)));
    }
    if let Some(wanted) = expected.charged {
        outcomes.push(is("messages charged", &wanted.to_string(), &charged.to_string()));
    }
    Ok(outcomes)
}

async fn log(stage: &Stage, expected: &LogHas) -> Result<Outcome, StageError> {
    let level = expected.level.map(|level| serde_json::to_value(level).unwrap_or_default());
    let words = match &level {
        Some(level) => {
            format!("a line at {} with {:?} in the log", level.as_str().unwrap_or_default(), expected.contains)
        }
        None => format!("a line with {:?} in the log", expected.contains),
    };
    let Some(run) = stage.runs().await?.into_iter().next() else {
        return Ok(missed(words, "no flow was run"));
    };
    let lines = run.report["log"].as_array().cloned().unwrap_or_default();
    let fits = |line: &&Value| {
        let text = line["text"].as_str().unwrap_or_default();
        text.contains(&expected.contains) && level.as_ref().is_none_or(|level| line["level"] == *level)
    };
    Ok(match lines.iter().find(fits) {
        Some(_) => Ok(words),
        None if lines.is_empty() => missed(words, "the last run wrote none"),
        None => {
            let written: String = lines.iter().map(|line| format!("\n{line}")).collect();
            missed(words, format!("the last run wrote:{written}"))
        }
    })
}

impl Reply {
    /// What is expected, in words.
    fn words(&self) -> String {
        let mut parts = Vec::new();
        let list = |words: &[String]| words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ");
        parts.extend(self.contains.as_ref().map(|words| list(&words.0)));
        parts.extend(self.equals.as_ref().map(|text| format!("exactly {text:?}")));
        parts.extend(self.matches.as_ref().map(|pattern| format!("a match of /{pattern}/")));
        parts.extend(self.buttons.as_ref().map(|labels| format!("the buttons {}", list(labels))));
        parts.extend(self.list.as_ref().map(|titles| format!("the rows {}", list(titles))));
        parts.extend(self.template.as_ref().map(|name| format!("the template {name}")));
        parts.extend(self.params.as_ref().map(|values| format!("the values {}", list(values))));
        if parts.is_empty() { "a reply".to_owned() } else { format!("a reply with {}", parts.join(" and ")) }
    }

    /// What does not fit, if something does not.
    fn fits(&self, message: &Received) -> Result<Option<String>, StageError> {
        let text = &message.text;
        let says = || Some(format!("it says {text:?}"));
        let titles = |row: bool| -> Vec<String> {
            message.choices().into_iter().filter(|choice| choice.row == row).map(|choice| choice.title).collect()
        };
        if self.contains.as_ref().is_some_and(|words| !words.0.iter().all(|word| text.contains(word))) {
            return Ok(says());
        }
        if let Some(expected) = &self.equals
            && *text != *expected
            && message.words() != *expected
        {
            return Ok(says());
        }
        if let Some(pattern) = &self.matches
            && !regex::Regex::new(pattern).say()?.is_match(text)
        {
            return Ok(says());
        }
        if self.buttons.as_ref().is_some_and(|labels| *labels != titles(false)) {
            return Ok(Some(format!("its buttons are {:?}", titles(false))));
        }
        if self.list.as_ref().is_some_and(|rows| *rows != titles(true)) {
            return Ok(Some(format!("its rows are {:?}", titles(true))));
        }
        if self.template.is_none() && self.params.is_none() {
            return Ok(None);
        }
        let Some((name, values)) = message.template() else {
            return Ok(Some(format!("it is no template; it says {text:?}")));
        };
        if self.template.as_ref().is_some_and(|expected| *expected != name) {
            return Ok(Some(format!("it is the template {name}")));
        }
        Ok(self.params.as_ref().filter(|expected| **expected != values).map(|_| format!("its values are {values:?}")))
    }
}
