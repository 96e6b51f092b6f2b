//! `[consent]` of the configuration.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use ponte_model::consent::Category;
use ponte_policy::consent::{Cap, ConsentRules, MOST_DAYS, Quiet};
use serde::Deserialize;

/// As it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ConsentFile {
    strict: Option<bool>,
    confirm: Option<bool>,
    quiet_hours: BTreeMap<Category, String>,
    caps: BTreeMap<Category, CapFile>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CapFile {
    most: usize,
    days: u64,
}

impl ConsentFile {
    /// The rules: what is not written keeps its default.
    pub(crate) fn rules(&self) -> anyhow::Result<ConsentRules> {
        let mut rules = ConsentRules::default();
        rules.strict = self.strict.unwrap_or(rules.strict);
        rules.confirm = self.confirm.unwrap_or(rules.confirm);
        for (category, hours) in &self.quiet_hours {
            rules.quiet.retain(|quiet| quiet.category != *category);
            if hours != "never" {
                rules.quiet.push(quiet(*category, hours).with_context(|| {
                    format!(
                        "consent.quiet_hours.{category}: {hours:?} is no time span; write \"21:00-08:00\" or \"never\""
                    )
                })?);
            }
        }
        for (category, CapFile { most, days }) in &self.caps {
            ensure!((1..=MOST_DAYS).contains(days), "consent.caps.{category}: days: 1 to {MOST_DAYS}, not {days}");
            rules.caps.retain(|cap| cap.category != *category);
            if *most > 0 {
                let within = Duration::from_secs(days * 24 * 3600);
                rules.caps.push(Cap { category: *category, most: *most, within });
            }
        }
        Ok(rules)
    }
}

fn quiet(category: Category, hours: &str) -> Option<Quiet> {
    let (from, until) = hours.split_once('-')?;
    let (from, until) = (minute(from)?, minute(until)?);
    (from != until).then_some(Quiet { category, from, until })
}

/// `21:00`, as a minute of the day.
fn minute(time: &str) -> Option<u16> {
    let (hour, minute) = time.trim().split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> anyhow::Result<ConsentRules> {
        toml::from_str::<ConsentFile>(text)?.rules()
    }

    #[test]
    fn what_is_not_written_keeps_its_default() {
        assert_eq!(rules("").unwrap(), ConsentRules::default());
        let changed = rules(
            "strict = true\n[quiet_hours]\nmarketing = \"never\"\nutility = \"22:30-7:00\"\n\
             [caps]\nmarketing = { most = 0, days = 7 }\nutility = { most = 5, days = 1 }\n",
        )
        .unwrap();
        assert!(changed.strict && changed.confirm);
        assert_eq!(changed.quiet, [Quiet { category: Category::Utility, from: 22 * 60 + 30, until: 7 * 60 }]);
        assert_eq!(
            changed.caps.iter().map(|cap| (cap.category, cap.most)).collect::<Vec<_>>(),
            [(Category::Utility, 5)]
        );
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        for (text, expected) in [
            ("[quiet_hours]\nmarketing = \"late\"\n", "consent.quiet_hours.marketing"),
            ("[quiet_hours]\nmarketing = \"21:00-24:30\"\n", "21:00-08:00"),
            ("[caps]\nutility = { most = 1, days = 30 }\n", "consent.caps.utility: days: 1 to 9"),
            ("[caps]\nservice = { most = 1, days = 3 }\n", "service"),
            ("stirct = true\n", "stirct"),
        ] {
            let error = format!("{:#}", rules(text).unwrap_err());
            assert!(error.contains(expected), "{error:?} should name {expected:?}");
        }
    }
}
