//! `[ceilings]` and `[loop]` of the configuration: how many messages may leave, and when automation stops by itself.

use std::collections::BTreeMap;

use ponte_policy::pacing::{Ceiling, Ceilings};
use ponte_policy::{LOOP, LoopRules};
use ponte_runtime::RuntimeSettings;
use serde::Deserialize;

/// `[ceilings]`: at most so many messages in an hour and a day. Nothing bounds what is not set.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CeilingsFile {
    tenant: Ceiling,
    contact: Ceiling,
    flow: Ceiling,
    flows: BTreeMap<String, Ceiling>,
    warm_up: bool,
}

/// `[loop]`: when a conversation is taken for one between machines.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LoopFile {
    turns: Option<u32>,
}

/// Both, checked.
#[derive(Debug)]
pub(crate) struct PaceFile {
    ceilings: Ceilings,
    loops: LoopRules,
}

impl PaceFile {
    pub(crate) fn new(file: CeilingsFile, loops: &LoopFile) -> anyhow::Result<Self> {
        let CeilingsFile { tenant, contact, flow, flows, warm_up } = file;
        let named = [("tenant", &tenant), ("contact", &contact), ("flow", &flow)];
        let named = named.into_iter().chain(flows.iter().map(|(name, ceiling)| (name.as_str(), ceiling)));
        for (name, ceiling) in named {
            let nothing = ceiling.hour == Some(0) || ceiling.day == Some(0);
            anyhow::ensure!(
                !nothing,
                "[ceilings] {name}: 0 would hold messages for ever; pause the flow or the number instead"
            );
        }
        let ceilings = Ceilings { flow, flows, contact, tenant, warm_up };
        Ok(Self { ceilings, loops: LoopRules { turns: loops.turns.unwrap_or(LOOP.turns), ..LOOP } })
    }

    /// Into the settings of a pipeline.
    pub(crate) fn set(&self, settings: &mut RuntimeSettings) {
        settings.ceilings = self.ceilings.clone();
        settings.loops = self.loops;
    }
}
