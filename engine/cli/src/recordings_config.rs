//! `[recordings]` of the configuration: what is kept of runs, so that they can be run again.

use std::time::Duration;

use ponte_runtime::RecordingSettings;
use serde::Deserialize;

/// Nobody looks at what is older, and it is personal data.
const LONGEST_DAYS: u64 = 365;

/// `[recordings]`, as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RecordingsFile {
    off: bool,
    keep_days: Option<u64>,
    max_bytes: Option<u64>,
    largest: Option<usize>,
}

impl RecordingsFile {
    pub(crate) fn settings(&self) -> anyhow::Result<RecordingSettings> {
        let defaults = RecordingSettings::default();
        if let Some(days) = self.keep_days {
            anyhow::ensure!(
                (1..=LONGEST_DAYS).contains(&days),
                "[recordings] keep_days = {days}: from 1 to {LONGEST_DAYS}; to record nothing, write off = true"
            );
        }
        anyhow::ensure!(
            self.largest != Some(0) && self.max_bytes != Some(0),
            "[recordings] a size of 0 would keep nothing; to record nothing, write off = true"
        );
        Ok(RecordingSettings {
            on: !self.off,
            keep: self.keep_days.map_or(defaults.keep, |days| Duration::from_secs(days * 24 * 3600)),
            max_bytes: self.max_bytes.unwrap_or(defaults.max_bytes),
            largest: self.largest.unwrap_or(defaults.largest),
        })
    }
}
