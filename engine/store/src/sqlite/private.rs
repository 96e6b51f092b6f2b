//! Keeps what customers wrote from the other people of a machine: the data directory and the database are their owner's
//! alone, on Unix.

use std::io;
use std::path::Path;

/// The file whose lock says that a process has the directory.
pub(super) const LOCK: &str = "ponte.lock";

/// Makes the directory and an empty database file, where they are missing, and closes both to others, also where they
/// were open. SQLite gives its other files the mode of the database.
pub(super) fn prepare(dir: &Path, database: &str) -> io::Result<()> {
    if let Some(above) = dir.parent() {
        std::fs::create_dir_all(above)?;
    }
    match system::make(dir) {
        Err(error) if !dir.is_dir() => return Err(error),
        _ => {}
    }
    // With an empty file SQLite begins as with none.
    touch(&dir.join(database))?;
    let opened = system::tighten(dir, 0o700);
    for name in [database, &format!("{database}-wal"), &format!("{database}-shm"), LOCK] {
        system::tighten(&dir.join(name), 0o600);
    }
    if opened {
        tracing::info!(dir = %dir.display(), "the data directory was open to others; it is its owner's alone now");
    }
    Ok(())
}

/// Makes an empty file of the owner's alone, where there is none.
pub(super) fn touch(file: &Path) -> io::Result<()> {
    match system::touch(file) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[cfg(unix)]
mod system {
    use std::fs::{DirBuilder, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
    use std::path::Path;

    /// What others than the owner may.
    const OTHERS: u32 = 0o077;

    /// Of a directory that everybody shares, such as /tmp: not ours to close.
    const STICKY: u32 = 0o1000;

    pub(super) fn make(dir: &Path) -> io::Result<()> {
        DirBuilder::new().mode(0o700).create(dir)
    }

    pub(super) fn touch(file: &Path) -> io::Result<()> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map(drop)
    }

    /// Whether it was open to others, and no longer is. One that belongs to somebody else stays: its owner decides.
    pub(super) fn tighten(path: &Path, mode: u32) -> bool {
        let Ok(about) = path.metadata() else { return false };
        let now = about.permissions().mode();
        if now & OTHERS == 0 || (about.is_dir() && now & STICKY != 0) {
            return false;
        }
        match std::fs::set_permissions(path, Permissions::from_mode(mode)) {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "others may read this; let its owner do `chmod go-rwx`");
                false
            }
        }
    }
}

/// Elsewhere a file inherits who may read it from the folders above it.
#[cfg(not(unix))]
mod system {
    use std::io;
    use std::path::Path;

    pub(super) fn make(dir: &Path) -> io::Result<()> {
        std::fs::create_dir(dir)
    }

    pub(super) fn touch(file: &Path) -> io::Result<()> {
        std::fs::OpenOptions::new().write(true).create_new(true).open(file).map(drop)
    }

    pub(super) fn tighten(_: &Path, _: u32) -> bool {
        false
    }
}
