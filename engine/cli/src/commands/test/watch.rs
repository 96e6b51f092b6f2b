//! Waiting for a file to change.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::find;

/// How often files are looked at. No notices of the operating system: they differ, and get lost over mounts.
const LOOK: Duration = Duration::from_millis(300);

/// What decides whether a package or a scenario is another.
const KINDS: [&str; 6] = ["yaml", "yml", "toml", "json", "wasm", "txt"];

type Seen = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

fn look(folders: &[PathBuf]) -> Seen {
    let matters =
        |path: &PathBuf| path.extension().is_some_and(|extension| KINDS.iter().any(|kind| extension == *kind));
    let files = folders.iter().flat_map(|folder| find::files_below(folder)).filter(matters);
    let stamp = |path: PathBuf| {
        let about = std::fs::metadata(&path).ok()?;
        Some((path, (about.modified().ok(), about.len())))
    };
    files.filter_map(stamp).collect()
}

/// Ends when a file below the folders has changed, come or gone, and no other has for a moment.
pub(super) async fn change(folders: &[PathBuf]) {
    let before = look(folders);
    let mut last = before.clone();
    loop {
        ponte_clock::pause(LOOK).await;
        let now = look(folders);
        // A build writes for a while: wait for its end.
        if now != before && now == last {
            return;
        }
        last = now;
    }
}
