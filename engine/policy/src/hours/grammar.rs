//! `mon-fri 09:00-12:00,14:00-18:00; sat 09:00-13:00`

use super::error::Fault;
use super::plan::{DAY, Plan, Span};

/// Names of the days, Monday first: English, Portuguese, Spanish; lower case, without accents.
const DAY_NAMES: [&[&str]; 7] = [
    &["mon", "monday", "seg", "segunda", "lun", "lunes"],
    &["tue", "tuesday", "ter", "terca", "mar", "martes"],
    &["wed", "wednesday", "qua", "quarta", "mie", "miercoles"],
    &["thu", "thursday", "qui", "quinta", "jue", "jueves"],
    &["fri", "friday", "sex", "sexta", "vie", "viernes"],
    &["sat", "saturday", "sab", "sabado"],
    &["sun", "sunday", "dom", "domingo"],
];

/// What people's keyboards make of plain letters and dashes. The last is the accent on its own, which some
/// keyboards send after the letter.
const PLAIN: [(&[char], &str); 6] = [
    (&['á', 'à'], "a"),
    (&['é'], "e"),
    (&['í'], "i"),
    (&['ç'], "c"),
    (&['–', '—'], "-"),
    (&['\u{301}', '\u{327}'], ""),
];

const RIGHT_SPAN: &str = "write for example `mon-fri 09:00-18:00`";
const RIGHT_DAY: &str = "write mon, tue, wed, thu, fri, sat or sun (or seg … dom, lun … dom)";
const RIGHT_TIMES: &str = "write for example `09:00-18:00`";

/// Reads one string of opening hours into the week of `plan`.
pub(super) fn spans(text: &str, plan: &mut Plan) -> Result<(), Fault> {
    let mut entries = text.split(';').filter(|entry| !entry.trim().is_empty()).peekable();
    if entries.peek().is_none() {
        return Err(nothing_said(text));
    }
    for entry in entries {
        let plain = plain(entry);
        match plain.trim() {
            "never" => {}
            "always" => plan.week.iter_mut().for_each(|day| day.push(Span { from: 0, to: DAY })),
            written => {
                let digit = written.find(|c: char| c.is_ascii_digit());
                let (days, times) = written.split_at(digit.unwrap_or(written.len()));
                if days.is_empty() {
                    return Err(Fault::new(entry, "names no day", format!("write for example `mon-sun {written}`")));
                }
                let days = self::days(days)?;
                if times.is_empty() {
                    return Err(Fault::new(entry, "has days but no times", RIGHT_SPAN));
                }
                let times = self::times(times)?;
                days.iter().for_each(|day| plan.week[*day].extend(&times));
            }
        }
    }
    Ok(())
}

/// No hours at all: a shop that is never open would say so.
pub(super) fn nothing_said(text: &str) -> Fault {
    Fault::new(text, "names no hours", format!("{RIGHT_SPAN}, or `always`, or `never`"))
}

/// Reads `09:00-12:00,14:00-18:00`.
pub(super) fn times(text: &str) -> Result<Vec<Span>, Fault> {
    text.split(',').map(|piece| span(piece.trim())).collect()
}

fn span(piece: &str) -> Result<Span, Fault> {
    let (from, to) = piece.split_once('-').ok_or_else(|| Fault::new(piece, "is not a span of time", RIGHT_TIMES))?;
    let (from, to) = (clock(from)?, clock(to)?);
    if from == DAY {
        return Err(Fault::new(piece, "begins at 24:00", "a day begins at 00:00; 24:00 can only be an end"));
    }
    if from == to {
        return Err(Fault::new(piece, "ends when it begins", "for the whole day write `00:00-24:00`"));
    }
    Ok(Span { from, to: if to < from { to + DAY } else { to } })
}

/// Minutes after midnight.
fn clock(piece: &str) -> Result<u16, Fault> {
    let piece = piece.trim();
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| -> Option<u16> {
        let fits = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| text.parse().ok()).flatten()
    };
    match piece.split_once(':').map(|(hour, minute)| (number(hour, 1..=2), number(minute, 2..=2))) {
        Some((Some(24), Some(0))) => Ok(DAY),
        Some((Some(hour @ 0..24), Some(minute @ 0..60))) => Ok(hour * 60 + minute),
        _ => Err(Fault::new(piece, "is not a time of day", "write hours and minutes, 00:00 to 24:00: `09:00`")),
    }
}

/// Indices of days, 0 is Monday.
fn days(text: &str) -> Result<Vec<usize>, Fault> {
    let mut days = Vec::new();
    for piece in text.split(',') {
        match piece.split_once('-') {
            None => days.push(day(piece)?),
            Some((first, last)) => {
                let (first, last) = (day(first)?, day(last)?);
                let count = (last + 7 - first) % 7;
                days.extend((first..=first + count).map(|day| day % 7));
            }
        }
    }
    Ok(days)
}

fn day(piece: &str) -> Result<usize, Fault> {
    let piece = piece.trim();
    DAY_NAMES
        .iter()
        .position(|names| names.contains(&piece))
        .ok_or_else(|| Fault::new(piece, "is not a day of the week", RIGHT_DAY))
}

pub(super) fn plain(text: &str) -> String {
    PLAIN.iter().fold(text.to_lowercase(), |text, (from, to)| text.replace(*from, to))
}
