//! Tells customers where their parcel is: they write its code, the carrier's web service knows.

use ponte_sdk::prelude::*;
use ponte_sdk::{http, secrets};
use serde::{Deserialize, Serialize};

/// What the carrier's service says of a parcel.
#[derive(Deserialize)]
struct Parcel {
    status: String,
    #[serde(default)]
    place: String,
}

/// What it wants to know to tell us of changes.
#[derive(Serialize)]
struct Watch<'a> {
    code: &'a str,
}

fn on_event(event: Event) -> Outcome {
    let language: String = settings::get("language")?;
    if let Some(told) = http::reply(&event)? {
        // The answer to what was asked after an earlier run.
        let key = if told.ok() { "watching" } else { "not-watching" };
        reply(text!(language, key)?)?.done();
        return Ok(());
    }
    let Some(code) = event.text().and_then(code) else { return Ok(()) };
    let base: String = settings::get("base_url")?;
    let key = secrets::reference("parcel-key")?;
    let bearer = format!("Bearer {key}");

    let url = format!("{base}/v1/parcels/{code}");
    let answer = match http::get(url).header("Authorization", &bearer).send() {
        Ok(answer) if answer.ok() => answer,
        Ok(answer) if answer.status == 404 => {
            reply(text!(language, "unknown", code = code)?)?.done();
            return Ok(());
        }
        // The carrier is away: the customer is told so, and the reason is in the run's record.
        no_answer => {
            warn!("no answer of the carrier: {:?}", no_answer.map(|answer| answer.status));
            reply(text!(language, "later")?)?.done();
            return Ok(());
        }
    };
    let parcel: Parcel = answer.json()?;
    let key = status(&parcel.status);
    reply(text!(language, key, code = code, place = parcel.place)?)?.done();

    // Once it is on its way the carrier is asked to tell of changes: after the commit, durably.
    if key == "on-the-way" {
        let watch = http::post(format!("{base}/v1/watch")).header("Authorization", &bearer);
        watch.json(&Watch { code: &code })?.send_later("watch")?;
    }
    Ok(())
}

/// The key of the text for the carrier's word; a word that nobody foresaw is no reason to say nothing.
fn status(word: &str) -> &'static str {
    match word {
        "posted" => "posted",
        "in-transit" | "out-for-delivery" => "on-the-way",
        "delivered" => "delivered",
        _ => "known",
    }
}

/// The code in a message: two letters, nine digits, two letters (UPU S10), in any case.
fn code(words: &str) -> Option<String> {
    let plain = |word: &&str| {
        let bytes = word.as_bytes();
        bytes.len() == 13
            && bytes[..2].iter().chain(&bytes[11..]).all(u8::is_ascii_alphabetic)
            && bytes[2..11].iter().all(u8::is_ascii_digit)
    };
    words.split(|c: char| !c.is_ascii_alphanumeric()).find(plain).map(str::to_ascii_uppercase)
}

ponte_sdk::flow!(on_event);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_in_a_sentence() {
        let table = [
            ("onde está BR123456789BR?", Some("BR123456789BR")),
            ("br123456789br", Some("BR123456789BR")),
            ("BR12345678BR", None),
            ("meu código é 123456789", None),
            ("../admin", None),
            ("", None),
        ];
        for (said, found) in table {
            assert_eq!(code(said).as_deref(), found, "{said:?}");
        }
    }

    #[test]
    fn every_word_of_the_carrier_has_a_text() {
        for (word, key) in [("posted", "posted"), ("in-transit", "on-the-way"), ("lost", "known"), ("", "known")] {
            assert_eq!(status(word), key);
        }
    }
}
