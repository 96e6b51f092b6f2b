//! What belongs to one run while it lasts: the data of its store.

use std::sync::Arc;

use chacha20::ChaCha12Rng;
use ponte_model::{Effect, Refusal};
use serde::Serialize;
use wasmtime::{ResourceLimiter, Result};

use crate::bindings::ponte::flow::types as wit;
use crate::convert;
use crate::log::LogBook;
use crate::patience::Patience;
use crate::random::{self, Stream};
use crate::wasi::Wasi;
use crate::{Broker, Limits, Permission, RunRequest, Stop, limits};

/// What belongs to one run while it lasts.
pub(crate) struct RunState {
    pub(crate) broker: Box<dyn Broker>,
    pub(crate) request: RunRequest,
    pub(crate) limits: Arc<Limits>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) refusals: Vec<(String, Refusal)>,
    pub(crate) log: LogBook,
    pub(crate) calls: u32,
    /// Questions to somebody outside.
    pub(crate) outside_calls: u32,
    /// How long their answers took.
    pub(crate) patience: Arc<Patience>,
    pub(crate) memory: usize,
    /// The limit that ended the run, where it was one of the sandbox's own.
    pub(crate) stop: Option<Stop>,
    /// Made when it is first used: most guests have no WASI.
    pub(crate) wasi: Option<Wasi>,
    dice: Option<ChaCha12Rng>,
}

/// What a host function gives back: an error ends the run, a refusal is a value.
pub(crate) type Answer<T> = Result<std::result::Result<T, wit::Refusal>>;

/// A result with a reason that the guest can be told.
pub(crate) type Refusable<T> = std::result::Result<T, Refusal>;

impl RunState {
    pub(crate) fn new(broker: Box<dyn Broker>, request: RunRequest, limits: Arc<Limits>) -> Self {
        Self {
            broker,
            request,
            effects: Vec::new(),
            refusals: Vec::new(),
            log: LogBook::new(limits.log_lines, limits.log_bytes),
            limits,
            calls: 0,
            outside_calls: 0,
            patience: Arc::default(),
            memory: 0,
            stop: None,
            wasi: None,
            dice: None,
        }
    }

    /// Counts a host call.
    pub(crate) fn count(&mut self) -> Result<()> {
        let limit = self.limits.host_calls;
        if self.calls >= limit {
            return Err(self.stopped(Stop::HostCalls { limit }));
        }
        self.calls += 1;
        Ok(())
    }

    /// Counts a host call that needs a permission; says no if the flow has it not.
    pub(crate) fn begin(&mut self, permission: Permission) -> Result<Refusable<()>> {
        self.count()?;
        Ok(if self.request.permissions.has(permission) {
            Ok(())
        } else {
            Err(Refusal::Denied { permission: permission.to_string() })
        })
    }

    /// Puts a result into the guest's words; a refusal is recorded.
    pub(crate) fn answer<T>(&mut self, call: &str, result: Refusable<T>) -> Answer<T> {
        self.broker.told(call, result.as_ref().err());
        Ok(result.map_err(|refusal| {
            let word = convert::refusal(&refusal);
            if self.refusals.len() < limits::REFUSALS_KEPT {
                self.refusals.push((call.to_owned(), refusal));
            }
            word
        }))
    }

    /// The whole of a host call that needs a permission and asks nobody outside.
    pub(crate) fn host_call<T>(
        &mut self,
        call: &str,
        permission: Permission,
        work: impl FnOnce(&mut Self) -> Refusable<T>,
    ) -> Answer<T> {
        let result = match self.begin(permission)? {
            Ok(()) => work(self),
            Err(refusal) => Err(refusal),
        };
        self.answer(call, result)
    }

    /// Records the limit that ends the run. The error only carries the news through wasmtime.
    pub(crate) fn stopped(&mut self, stop: Stop) -> wasmtime::Error {
        let error = wasmtime::Error::new(stop.clone());
        self.stop.get_or_insert(stop);
        error
    }

    /// Collects an effect; its number.
    pub(crate) fn collect(&mut self, effect: Effect) -> Refusable<u32> {
        self.room()?;
        if json_bytes(&effect) > limits::EFFECT_BYTES {
            return Err(Refusal::RunLimit {
                what: "bytes in one effect".to_owned(),
                limit: limits::EFFECT_BYTES as u32,
            });
        }
        self.effects.push(effect);
        Ok(self.effects.len() as u32 - 1)
    }

    /// Whether another effect may be collected.
    pub(crate) fn room(&self) -> Refusable<()> {
        let limit = self.limits.effects;
        if self.effects.len() >= limit as usize {
            return Err(Refusal::RunLimit { what: "effects".to_owned(), limit });
        }
        Ok(())
    }

    /// Whether the event has a conversation, which some calls are about.
    pub(crate) fn needs_conversation(&self) -> Refusable<()> {
        if self.request.contact.is_some() && self.request.event.number_id.is_some() {
            return Ok(());
        }
        Err(Refusal::invalid("event", "it has no conversation; schedules and the like happen to nobody"))
    }

    /// Whether the event has a contact, which some calls are about.
    pub(crate) fn needs_contact(&self) -> Refusable<()> {
        match self.request.contact {
            Some(_) => Ok(()),
            None => Err(Refusal::invalid("event", "it has no contact; schedules and the like happen to nobody")),
        }
    }

    pub(crate) fn random(&mut self, len: usize) -> Vec<u8> {
        let seed = &self.request.random_seed;
        random::bytes(self.dice.get_or_insert_with(|| random::dice(seed, Stream::Run)), len)
    }
}

/// Checks the length of a name that a guest chose.
pub(crate) fn name(field: &str, text: &str, most: usize) -> Refusable<()> {
    match text.len() {
        0 => Err(Refusal::invalid(field, "empty; give it a name")),
        len if len > most => Err(Refusal::invalid(field, format!("{len} bytes long; at most {most}"))),
        _ => Ok(()),
    }
}

/// How long something is as JSON, without writing it anywhere.
fn json_bytes(value: &impl Serialize) -> usize {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // What cannot be written as JSON cannot be stored either: too long by definition.
    serde_json::to_writer(&mut count, value).map_or(usize::MAX, |()| count.0)
}

impl ResourceLimiter for RunState {
    /// A memory that may not grow ends the run: an allocator that is told "no" would abort with a reason that
    /// its author cannot place.
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        let limit = self.limits.memory.min(limits::MEMORY_SLOT);
        let total = self.memory.saturating_sub(current).saturating_add(desired);
        if total > limit {
            return Err(self.stopped(Stop::Memory { limit }));
        }
        // The guest's own maximum is its own affair: nothing grows, and it is told so.
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        self.memory = total;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        let limit = self.limits.table_elements.min(limits::TABLE_ELEMENTS);
        if desired > limit {
            return Err(self.stopped(Stop::Table { limit }));
        }
        Ok(true)
    }
}
