//! Loads a compiled component from disk: the one place of Ponte that needs `unsafe`.
//!
//! Compiled components are machine code: whoever can write the file can run anything in the host. So there is
//! exactly one caller, the sandbox's cache, and it calls only after it has checked that the file is what it wrote.

use std::path::Path;

use wasmtime::component::Component;
use wasmtime::{Engine, Result};

/// Maps the compiled component at `path` into memory.
///
/// **The caller vouches for the file**: it was written by this host's compiler into a directory that only the
/// host may write, its checksum was compared, and it is replaced by renaming, never changed in place.
///
/// # Errors
/// The file cannot be read, is no compiled component, or was made for another engine (version, settings or CPU).
#[expect(unsafe_code, reason = "loading machine code is unsafe by nature; see the function's contract")]
pub fn load(engine: &Engine, path: &Path) -> Result<Component> {
    // SAFETY: the contract above is wasmtime's own: the bytes come from `Component::serialize`, and are not
    // changed while they are mapped.
    unsafe { Component::deserialize_file(engine, path) }
}
