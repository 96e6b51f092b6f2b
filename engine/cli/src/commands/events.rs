//! `ponte events decode`: webhook JSON in, one normalized event a line out.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use ponte_clock::{Clock as _, SystemClock};
use ponte_model::{Body, Event};
use ponte_whatsapp::webhook;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::args::Events;

pub(crate) fn run(command: Events) -> anyhow::Result<ExitCode> {
    let Events::Decode { file } = command;
    let mut input = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_end(&mut input).context("cannot read standard input")?;
    } else {
        input = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    let mut out = std::io::stdout().lock();
    let mut tally = Tally::default();
    let decoded = decode(&input, &mut |event| {
        tally.count(&event);
        serde_json::to_writer(&mut out, &line(&event))?;
        out.write_all(b"\n")
    });
    out.flush()?;
    tally.print();
    decoded?;
    Ok(if tally.unrecognized == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Decodes all bodies of the input in order.
fn decode(input: &[u8], each: &mut dyn FnMut(Event) -> std::io::Result<()>) -> anyhow::Result<()> {
    let bodies = serde_json::Deserializer::from_slice(input).into_iter::<&RawValue>();
    let mut number = 0;
    for body in bodies {
        number += 1;
        let body = body.with_context(|| format!("body {number} is not JSON"))?;
        for event in webhook::decode(body.get().as_bytes(), SystemClock.now())? {
            each(event)?;
        }
    }
    anyhow::ensure!(number > 0, "the input is empty; a webhook's JSON body is expected");
    Ok(())
}

/// An event as a flat object: `kind` and `content` stand beside the rest.
fn line(event: &Event) -> Value {
    let mut line = json!(event);
    if let Some(object) = line.as_object_mut()
        && let Some(Value::Object(body)) = object.remove("body")
    {
        object.extend(body);
    }
    line
}

#[derive(Default)]
struct Tally {
    kinds: BTreeMap<&'static str, u32>,
    unrecognized: u32,
}

impl Tally {
    fn count(&mut self, event: &Event) {
        *self.kinds.entry(event.body.kind()).or_default() += 1;
        self.unrecognized += u32::from(matches!(event.body, Body::Unrecognized { .. }));
    }

    fn print(&self) {
        let total: u32 = self.kinds.values().sum();
        let kinds: Vec<_> = self.kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        eprintln!("{total} events, {} unrecognized: {}", self.unrecognized, kinds.join(", "));
    }
}
