//! Reads a list of consents and checks every line.

use std::path::Path;

use anyhow::{Context as _, bail};
use chrono::DateTime;
use ponte_model::consent::{Change, Purpose, Source, Statement};
use ponte_model::{EventKey, Phone, Timestamp};
use serde::Deserialize;

/// So many wrong lines are named; the rest is counted.
const NAMED: usize = 50;

/// Digits of a phone number with its country code. (ITU-T E.164)
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    phone: String,
    purpose: String,
    at: String,
    text: String,
    #[serde(default)]
    change: String,
    #[serde(default)]
    version: String,
}

/// Reads a phone number as people write it.
pub(super) fn phone(written: &str) -> Result<Phone, String> {
    let known = |letter: char| letter.is_ascii_digit() || " +-().".contains(letter);
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    if !written.chars().all(known) || !DIGITS.contains(&digits.len()) || digits.starts_with('0') {
        return Err(format!("phone: {written:?} is no phone number with country code, such as +55 11 91111-2222"));
    }
    Ok(digits.into())
}

/// Reads a file; `now` is the latest that anything may have been said.
pub(super) fn read(path: &Path, now: Timestamp) -> anyhow::Result<Vec<(Phone, Statement)>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text, now).with_context(|| format!("{}: nothing was imported", path.display()))
}

fn parse(text: &str, now: Timestamp) -> anyhow::Result<Vec<(Phone, Statement)>> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.strip_prefix('\u{feff}').unwrap_or(text).as_bytes());
    let headers = reader.headers().context("the heading cannot be read")?.clone();
    let (mut good, mut wrong) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let checked = record.map_err(|error| (error.position().map_or(0, csv::Position::line), error.to_string()));
        let checked = checked.and_then(|record| {
            let line = record.position().map_or(0, csv::Position::line);
            let fields = record.deserialize::<Line>(Some(&headers)).map_err(|error| match error.kind() {
                csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
                _ => error.to_string(),
            });
            fields.and_then(|fields| statement(fields, now)).map_err(|why| (line, why))
        });
        match checked {
            Ok(statement) => good.push(statement),
            Err(problem) => wrong.push(problem),
        }
    }
    if wrong.is_empty() {
        return Ok(good);
    }
    let mut said: Vec<_> = wrong.iter().take(NAMED).map(|(line, why)| format!("line {line}: {why}")).collect();
    if wrong.len() > NAMED {
        said.push(format!("and {} more", wrong.len() - NAMED));
    }
    bail!("{} of {} lines are wrong\n{}", wrong.len(), wrong.len() + good.len(), said.join("\n"))
}

fn statement(line: Line, now: Timestamp) -> Result<(Phone, Statement), String> {
    let phone = phone(&line.phone)?;
    let purpose = Purpose::parse(&line.purpose)
        .ok_or_else(|| format!("purpose: {:?} is none of marketing, utility, authentication, any", line.purpose))?;
    let change = match line.change.as_str() {
        "" => Change::Given,
        word => Change::parse(word).ok_or_else(|| format!("change: {word:?} is neither given nor withdrawn"))?,
    };
    let at = DateTime::parse_from_rfc3339(&line.at)
        .map_err(|_| format!("at: {:?} is no time with its zone, such as 2026-10-05T14:30:00-03:00", line.at))?;
    let at = Timestamp::from(at.to_utc());
    if at > now {
        return Err(format!("at: {} has not come yet", line.at));
    }
    if line.text.is_empty() && change == Change::Given {
        return Err("text: is empty; consent needs its proof: the words that the person agreed to".to_owned());
    }
    let said = [phone.as_str(), purpose.as_str(), change.as_str(), &at.as_millis().to_string(), &line.text].join("\n");
    let text = Some(line.text).filter(|text| !text.is_empty());
    let version = Some(line.version).filter(|version| !version.is_empty());
    let key = EventKey::of_content("import", said.as_bytes()).into_string();
    Ok((phone, Statement { key, purpose, change, source: Source::Import, text, version, at }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_secs(1_795_446_000)
    }

    #[test]
    fn a_list_is_read_with_quotes_and_without_what_may_be_left_out() {
        let list =
            "phone,purpose,at,text\n+55 11 91111-2222,marketing,2026-10-05T14:30:00-03:00,\"Sim, quero\nofertas\"\n";
        let read = parse(list, now()).unwrap();
        assert_eq!(read[0].0.as_str(), "5511911112222");
        assert_eq!(read[0].1.text.as_deref(), Some("Sim, quero\nofertas"));
        assert_eq!((read[0].1.change, read[0].1.source), (Change::Given, Source::Import));
        assert_eq!(parse(list, now()).unwrap()[0].1.key, read[0].1.key, "the same line is the same consent");
    }

    #[test]
    fn every_wrong_line_is_named_with_its_number() {
        let list = "phone,purpose,at,text,change\n\
            5511911112222,marketing,2026-10-05T14:30:00-03:00,sim,given\n\
            91111-2222x,marketing,2026-10-05T14:30:00-03:00,sim,given\n\
            5511911112222,ads,2026-10-05T14:30:00-03:00,sim,given\n\
            5511911112222,marketing,yesterday,sim,given\n\
            5511911112222,marketing,2099-10-05T14:30:00-03:00,sim,given\n\
            5511911112222,marketing,2026-10-05T14:30:00-03:00,,given\n\
            5511911112222,marketing,2026-10-05T14:30:00-03:00,,withdrawn\n\
            5511911112222,marketing,2026-10-05T14:30:00-03:00,sim,maybe\n\
            5511911112222,marketing\n";
        let error = parse(list, now()).unwrap_err().to_string();
        assert!(error.starts_with("7 of 9 lines are wrong"), "{error}");
        for expected in [
            "line 3: phone",
            "line 4: purpose",
            "line 5: at",
            "line 6: at: 2099",
            "line 7: text: is empty",
            "line 9: change",
            "line: 10",
        ] {
            assert!(error.contains(expected), "{expected:?} is missing in {error}");
        }
    }

    #[test]
    fn a_heading_that_is_missing_something_says_what() {
        let error = parse("phone,purpose,at\n5511911112222,marketing,2026-10-05T14:30:00-03:00\n", now()).unwrap_err();
        assert!(error.to_string().contains("missing field `text`"), "{error}");
        assert!(parse("phone,purpose,at,text\n", now()).unwrap().is_empty());
    }
}
