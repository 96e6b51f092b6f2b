//! Keys and values that outlive the run. Permission: `state`.
//!
//! Values are JSON of any `serde` type. They are written in the same transaction as the messages and the
//! acknowledgement of the event; reads see this run's own writes.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bindings::ponte::flow::state as wire;
use crate::{Error, Refusal, Seconds, error};

/// Keys of one owner.
#[derive(Clone, Copy, Debug)]
pub struct Scope(wire::Scope);

/// This conversation's keys. One run at a time: always exact.
pub fn conversation() -> Scope {
    Scope(wire::Scope::Conversation)
}

/// This contact's keys, on every number of the tenant.
pub fn contact() -> Scope {
    Scope(wire::Scope::Contact)
}

/// This installation's keys, shared by all its conversations. If two runs collide, one is run again.
pub fn installation() -> Scope {
    Scope(wire::Scope::Installation)
}

impl Scope {
    /// The value under a key; none if there is none.
    ///
    /// # Errors
    /// [`Error::Refused`], or [`Error::Unfit`] if another version of the flow wrote something else there.
    pub fn get<T: DeserializeOwned>(self, key: &str) -> Result<Option<T>, Error> {
        let bytes = self.bytes(key)?;
        error::read(|| format!("state `{key}`"), bytes.as_deref())
    }

    /// Writes a value (64 KiB of JSON) under a key (256 bytes).
    ///
    /// # Errors
    /// [`Error::Refused`], or [`Error::Unfit`] if the value cannot be written as JSON.
    pub fn put<T: Serialize + ?Sized>(self, key: &str, value: &T) -> Result<(), Error> {
        let json = serde_json::to_vec(value)
            .map_err(|error| Error::Unfit { what: format!("state `{key}`"), why: error.to_string() })?;
        Ok(self.put_bytes(key, &json)?)
    }

    /// Writes a value that disappears by itself after so many seconds.
    ///
    /// # Errors
    /// As [`Scope::put`].
    pub fn put_for<T: Serialize + ?Sized>(self, key: &str, value: &T, age: Seconds) -> Result<(), Error> {
        self.put(key, value)?;
        Ok(self.expire_after(key, age)?)
    }

    /// Takes a key away; no error if there is none.
    pub fn delete(self, key: &str) -> Result<(), Refusal> {
        Ok(wire::delete(self.0, key)?)
    }

    /// Adds to a number kept as decimal text, and returns the sum. A missing key counts as 0.
    pub fn add(self, key: &str, delta: i32) -> Result<i32, Refusal> {
        Ok(wire::add(self.0, key, delta)?)
    }

    /// Lets a key that exists disappear by itself after so many seconds.
    pub fn expire_after(self, key: &str, age: Seconds) -> Result<(), Refusal> {
        Ok(wire::expire_after(self.0, key, age)?)
    }

    /// The value under a key as it is.
    pub fn bytes(self, key: &str) -> Result<Option<Vec<u8>>, Refusal> {
        Ok(wire::get(self.0, key)?)
    }

    /// Writes a value as it is.
    pub fn put_bytes(self, key: &str, value: &[u8]) -> Result<(), Refusal> {
        Ok(wire::put(self.0, key, value)?)
    }
}
