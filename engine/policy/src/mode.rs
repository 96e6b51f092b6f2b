//! Where a number lives, and what cannot be said of it there, as dated data.
//!
//! Coexistence is a bridge between the app and the API: there is none without an API behind it, and the platform gives it
//! a pace of its own. Companion devices (multi-device) are another matter: what is written on them comes as the phone's.

/// Where a number lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// In the app and on the Cloud API at once.
    Coexistence,
    /// On the Cloud API alone.
    Api,
    /// In the app alone.
    App,
}

/// How fast a number may be in each mode, messages a second, both ways added; since 2026-09-11.
/// Source: Meta, "Throughput": 80 by default and 1,000 after an upgrade; fixed at 20 for Coexistence.
const MOST_THROUGHPUT: &[(Mode, u32)] = &[(Mode::Coexistence, 20), (Mode::Api, 1_000)];

/// What the operator says of a number.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Where it lives.
    pub mode: Mode,
    /// Messages a second.
    pub throughput: u32,
    /// Whether it says how long flows leave a message to the person at the phone.
    pub waits_for_phone: bool,
    /// Whether it names a provider that does not pass answers from the phone on.
    pub echo_blind: bool,
}

/// What contradicts itself, in sentences that say what to do; none if it all fits together.
pub fn contradictions(wanted: &Wanted) -> Vec<String> {
    let mut all = Vec::new();
    if wanted.throughput == 0 {
        all.push("--throughput: at least 1 message a second".to_owned());
    }
    let no_phone = "a number that lives on the API alone (--mode api) has no phone";
    match wanted.mode {
        Mode::Api if wanted.waits_for_phone => {
            all.push(format!("--echo-blind-minutes: {no_phone}, so there is nobody to wait for"));
        }
        Mode::Api if wanted.echo_blind => {
            all.push(format!("--profile: {no_phone}, so there is nothing of it that a provider could keep back"));
        }
        Mode::App if wanted.waits_for_phone => {
            all.push("--echo-blind-minutes: nothing is automated on a number that lives in the app alone".to_owned());
        }
        _ => {}
    }
    all
}

/// What the platform's page says otherwise; it may be behind, so it is said and not refused.
pub fn doubts(wanted: &Wanted) -> Option<String> {
    let (_, most) = MOST_THROUGHPUT.iter().find(|(mode, most)| *mode == wanted.mode && wanted.throughput > *most)?;
    Some(match wanted.mode {
        Mode::Coexistence => format!(
            "Meta's page says that Coexistence is fixed at {most} messages a second: with more, expect refusals (130429), \
             after which messages wait"
        ),
        _ => format!("Meta's page knows no level above {most} messages a second"),
    })
}
