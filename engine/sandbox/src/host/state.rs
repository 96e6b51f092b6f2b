use std::time::Duration;

use ponte_model::{Effect, Refusal, StateScope, Timestamp};

use crate::bindings::ponte::flow::state::{Host, Scope};
use crate::state::{Answer, Refusable, RunState, name};
use crate::{Permission, limits};

/// What this run wrote to a key.
struct Written<'a> {
    /// Where among the effects.
    index: usize,
    value: &'a Option<Vec<u8>>,
    expires_at: Option<Timestamp>,
}

impl Host for RunState {
    async fn get(&mut self, scope: Scope, key: String) -> Answer<Option<Vec<u8>>> {
        let result = match self.begin(Permission::State)? {
            Ok(()) => self.read(convert(scope), &key).await,
            Err(refusal) => Err(refusal),
        };
        self.answer("state.get", result)
    }

    fn put(&mut self, scope: Scope, key: String, value: Vec<u8>) -> Answer<()> {
        self.host_call("state.put", Permission::State, |run| run.write(convert(scope), key, Some(value), None))
    }

    fn delete(&mut self, scope: Scope, key: String) -> Answer<()> {
        self.host_call("state.delete", Permission::State, |run| run.write(convert(scope), key, None, None))
    }

    async fn add(&mut self, scope: Scope, key: String, delta: i32) -> Answer<i32> {
        let result = match self.begin(Permission::State)? {
            Ok(()) => self.add(convert(scope), key, delta).await,
            Err(refusal) => Err(refusal),
        };
        self.answer("state.add", result)
    }

    async fn expire_after(&mut self, scope: Scope, key: String, age: u32) -> Answer<()> {
        let result = match self.begin(Permission::State)? {
            Ok(()) => self.expire(convert(scope), key, age).await,
            Err(refusal) => Err(refusal),
        };
        self.answer("state.expire-after", result)
    }
}

impl RunState {
    /// A value: this run's own if it wrote one, else the snapshot's.
    async fn read(&mut self, scope: StateScope, key: &str) -> Refusable<Option<Vec<u8>>> {
        self.check_key(scope, key)?;
        match self.written(scope, key) {
            Some(written) => Ok(written.value.clone()),
            None => self.broker.state(scope, key).await,
        }
    }

    /// Writes a value, over what this run wrote before.
    fn write(
        &mut self,
        scope: StateScope,
        key: String,
        value: Option<Vec<u8>>,
        expires_at: Option<Timestamp>,
    ) -> Refusable<()> {
        self.check_key(scope, &key)?;
        if let Some(bytes) = value.as_ref().map(Vec::len).filter(|bytes| *bytes > limits::STATE_VALUE_BYTES) {
            let most = limits::STATE_VALUE_BYTES;
            return Err(Refusal::invalid("value", format!("{bytes} bytes long; at most {most}")));
        }
        let others = self.effects.iter().map(|effect| match effect {
            Effect::PutState { scope: of, key: at, value: Some(value), .. } if !(*of == scope && *at == key) => {
                value.len()
            }
            _ => 0,
        });
        if others.sum::<usize>() + value.as_ref().map_or(0, Vec::len) > limits::STATE_RUN_BYTES {
            let limit = u32::try_from(limits::STATE_RUN_BYTES).unwrap_or(u32::MAX);
            return Err(Refusal::RunLimit { what: "bytes of state".into(), limit });
        }
        let effect = |key| Effect::PutState { scope, key, value, expires_at };
        match self.written(scope, &key).map(|written| written.index) {
            Some(index) => self.effects[index] = effect(key),
            None => {
                self.room()?;
                self.effects.push(effect(key));
            }
        }
        Ok(())
    }

    async fn add(&mut self, scope: StateScope, key: String, delta: i32) -> Refusable<i32> {
        let before = match self.read(scope, &key).await? {
            Some(text) => decimal(&text)?,
            None => 0,
        };
        let sum = before
            .checked_add(delta)
            .ok_or_else(|| Refusal::invalid("delta", format!("{before} and {delta} are more than 32 bits hold")))?;
        let expires_at = self.written(scope, &key).and_then(|written| written.expires_at);
        self.write(scope, key, Some(sum.to_string().into_bytes()), expires_at)?;
        Ok(sum)
    }

    async fn expire(&mut self, scope: StateScope, key: String, age: u32) -> Refusable<()> {
        let Some(value) = self.read(scope, &key).await? else {
            return Err(Refusal::invalid("key", "there is no such key; put a value first"));
        };
        let by = self.request.event.at.plus(Duration::from_secs(age.into()));
        self.write(scope, key, Some(value), Some(by))
    }

    /// What this run wrote to a key.
    fn written(&self, scope: StateScope, key: &str) -> Option<Written<'_>> {
        self.effects.iter().enumerate().find_map(|(index, effect)| match effect {
            Effect::PutState { scope: of, key: at, value, expires_at } if *of == scope && at == key => {
                Some(Written { index, value, expires_at: *expires_at })
            }
            _ => None,
        })
    }

    fn check_key(&self, scope: StateScope, key: &str) -> Refusable<()> {
        name("key", key, limits::STATE_KEY_BYTES)?;
        match scope {
            StateScope::Conversation => self.needs_conversation(),
            StateScope::Contact => self.needs_contact(),
            StateScope::Installation => Ok(()),
        }
    }
}

fn decimal(text: &[u8]) -> Refusable<i32> {
    std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Refusal::invalid("key", "what is kept there is no decimal number of 32 bits"))
}

fn convert(scope: Scope) -> StateScope {
    match scope {
        Scope::Conversation => StateScope::Conversation,
        Scope::Contact => StateScope::Contact,
        Scope::Installation => StateScope::Installation,
    }
}
