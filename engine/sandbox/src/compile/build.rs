use std::hash::{Hash as _, Hasher};
use std::path::{Path, PathBuf};

use ponte_model::Digest256;
use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::cache::Cache;
use super::{CompileError, CompiledFile};
use crate::component::{Unfit, inspect};
use crate::{engine, limits, sandbox};

/// Compiles into a cache. The same in a child process as in this one.
pub(super) struct Builder {
    engine: Engine,
    cache: Cache,
}

impl Builder {
    pub(super) fn new(dir: PathBuf) -> Result<Self, CompileError> {
        let engine = engine::compiling().map_err(CompileError::Engine)?;
        let cache = Cache::open(dir, &compatibility(&engine))?;
        Ok(Self { engine, cache })
    }

    pub(super) fn dir(&self) -> &Path {
        self.cache.dir()
    }

    pub(super) fn cached(&self, digest: &Digest256) -> Result<Option<CompiledFile>, CompileError> {
        self.cache.find(digest)
    }

    /// Checks, compiles, and puts the result into the cache.
    pub(super) fn build(&self, bytes: &[u8]) -> Result<(), CompileError> {
        let info = inspect(bytes)?;
        let component = Component::from_binary(&self.engine, bytes)
            .map_err(|error| Unfit::Damaged { why: format!("{error:#}") })?;
        room(&component)?;
        sandbox::fits(&component).map_err(|error| Unfit::Contract { why: format!("{error:#}") })?;
        let artifact = component.serialize().map_err(CompileError::Engine)?;
        self.cache.put(&info, &artifact)
    }
}

/// Whether the component's memories and tables fit into the pool.
fn room(component: &Component) -> Result<(), Unfit> {
    let too_many = |what: &str, has: u64, most: u64| {
        if has > most { Err(Unfit::TooMany { what: what.to_owned(), has, most }) } else { Ok(()) }
    };
    let Some(needs) = component.resources_required() else {
        return Err(Unfit::UnknownImport { name: "core modules".to_owned() });
    };
    too_many("memories", needs.num_memories.into(), limits::MEMORIES_PER_RUN.into())?;
    too_many("tables", needs.num_tables.into(), limits::TABLES_PER_RUN.into())?;
    let memory = needs.max_initial_memory_size.unwrap_or(0).saturating_mul(64 << 10);
    too_many("bytes of memory to begin with", memory, limits::MEMORY_SLOT as u64)?;
    let elements = needs.max_initial_table_size.unwrap_or(0);
    too_many("elements in a table to begin with", elements, limits::TABLE_ELEMENTS as u64)
}

/// What a compiled file depends on besides the component: version and settings of the compiler, and the CPU.
fn compatibility(engine: &Engine) -> String {
    struct Sha(Sha256);
    impl Hasher for Sha {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }

        fn finish(&self) -> u64 {
            0 // The digest is read instead.
        }
    }
    let mut hasher = Sha(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hex::encode(&hasher.0.finalize()[..8])
}
