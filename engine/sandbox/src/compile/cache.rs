use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ponte_model::Digest256;
use serde::{Deserialize, Serialize};

use super::{CompileError, CompiledFile};
use crate::ComponentInfo;

/// Compiled components by content: `<sha256 of the component>-<compatibility>.cwasm`, each with a note beside it.
/// A file without a note that fits it is none.
pub(super) struct Cache {
    dir: PathBuf,
    compatibility: String,
}

/// What stands beside a compiled component.
#[derive(Serialize, Deserialize)]
struct Note {
    /// The SHA-256 of the compiled file.
    checksum: Digest256,
    info: ComponentInfo,
}

impl Cache {
    pub(super) fn open(dir: PathBuf, compatibility: &str) -> Result<Self, CompileError> {
        private_directory(&dir).map_err(|error| CompileError::Cache { path: dir.clone(), error })?;
        Ok(Self { dir, compatibility: compatibility.to_owned() })
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The compiled component, if the cache has it and it is what was written.
    pub(super) fn find(&self, digest: &Digest256) -> Result<Option<CompiledFile>, CompileError> {
        let (path, beside) = self.paths(digest);
        let Some(note) = present(&beside)? else { return Ok(None) };
        let Some(artifact) = present(&path)? else { return Ok(None) };
        let note = serde_json::from_slice::<Note>(&note).ok();
        let note = note.filter(|note| note.checksum == Digest256::of(&artifact) && note.info.digest == *digest);
        let Some(Note { info, .. }) = note else {
            tracing::warn!(path = %path.display(), "a compiled plugin is not what was written; it is compiled again");
            return Ok(None);
        };
        Ok(Some(CompiledFile { path, info }))
    }

    /// Writes a compiled component and then its note. Whoever reads meanwhile sees the old or the new, whole.
    pub(super) fn put(&self, info: &ComponentInfo, artifact: &[u8]) -> Result<(), CompileError> {
        let (path, beside) = self.paths(&info.digest);
        let note = Note { checksum: Digest256::of(artifact), info: info.clone() };
        let note = serde_json::to_vec(&note).map_err(io::Error::from);
        self.write(&path, artifact)
            .and_then(|()| self.write(&beside, &note?))
            .map_err(|error| CompileError::Cache { path, error })
    }

    /// Into a file that only we may read, then under its name at once.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.dir)?;
        file.write_all(bytes)?;
        file.persist(path)?;
        Ok(())
    }

    fn paths(&self, digest: &Digest256) -> (PathBuf, PathBuf) {
        let name = format!("{digest}-{}", self.compatibility);
        (self.dir.join(format!("{name}.cwasm")), self.dir.join(format!("{name}.json")))
    }
}

fn present(path: &Path) -> Result<Option<Vec<u8>>, CompileError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CompileError::Cache { path: path.to_owned(), error }),
    }
}

/// A directory that only we may enter: what is in it is run as machine code.
fn private_directory(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}
