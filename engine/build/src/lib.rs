//! Makes plugin projects and builds them.
//!
//! ```text
//! ponte new ── create ──► folder ── Project::find ──► build ──► component ── place ──► plugin.wasm
//!                                   (which language)  (the language's own tools)
//! ```
//!
//! Everything that differs from one language to another is a row of [`LANGUAGES`]. Whether the result fits the host and
//! its manifest is `ponte-check`'s business: nothing here knows the sandbox, so that `cargo xtask` stays small.

mod encode;
mod error;
mod language;
mod new;
mod project;
mod recipe;
mod stale;
mod tools;

pub use encode::encode;
pub use error::BuildError;
pub use language::{Imports, LANGUAGES, Language};
pub use new::{Created, NewError, create};
pub use project::Project;
pub use recipe::{Options, build};
pub use tools::MissingTool;

use std::io;
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// A component that was built.
#[derive(Clone, Debug)]
pub struct Built {
    /// The component.
    pub component: Vec<u8>,
    /// Its SHA-256 in hexadecimal digits.
    pub digest: String,
}

impl Built {
    fn of(component: Vec<u8>) -> Self {
        let digest = hex::encode(Sha256::digest(&component));
        Self { component, digest }
    }

    /// Writes the component to a file. Whether it is another one than before. The same one is written, too: its time says
    /// that no source is newer ([`Project::newer_source`]).
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn place(&self, path: &Path) -> io::Result<bool> {
        let changed = std::fs::read(path).ok().as_deref() != Some(&self.component);
        std::fs::write(path, &self.component)?;
        Ok(changed)
    }
}
