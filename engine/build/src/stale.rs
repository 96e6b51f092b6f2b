//! Whether a component is older than the source that it was made of.

use std::path::Path;
use std::time::SystemTime;

use crate::Project;

/// Folders that hold nothing that is built into a component, or nothing of the builder's own.
const LEFT_OUT: [&str; 8] =
    ["sdk", "target", "node_modules", "__pycache__", "scenarios", "texts", "templates", "tests"];

/// What a source is called.
const ENDINGS: [&str; 8] = ["rs", "ts", "js", "mjs", "cjs", "py", "c", "h"];

/// What belongs to a source: the dependencies.
const MANIFESTS: [&str; 3] = ["Cargo.toml", "package.json", "requirements.txt"];

impl Project {
    /// The newest source that was changed after the component was built, by the files' times; relative to the project.
    /// `None` also where nothing is built.
    pub fn newer_source(&self) -> Option<String> {
        let built = changed(&self.plugin())?;
        let mut newest = None;
        look(&self.dir, "", &mut newest);
        newest.filter(|(time, _)| *time > built).map(|(_, file)| file)
    }
}

fn look(dir: &Path, prefix: &str, newest: &mut Option<(SystemTime, String)>) {
    for entry in dir.read_dir().into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if name.starts_with('.') || LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            look(&path, &format!("{prefix}{name}/"), newest);
            continue;
        }
        let ends = path.extension().is_some_and(|end| ENDINGS.iter().any(|known| end == *known));
        if (ends || MANIFESTS.contains(&name.as_str()))
            && let Some(time) = changed(&path)
            && newest.as_ref().is_none_or(|(newest, _)| time > *newest)
        {
            *newest = Some((time, format!("{prefix}{name}")));
        }
    }
}

fn changed(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|about| about.modified()).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_source_that_changed_after_the_build_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let write = |file: &str| {
            std::fs::create_dir_all(dir.path().join(file).parent().unwrap()).unwrap();
            std::fs::write(dir.path().join(file), "").unwrap();
        };
        let files = ["Cargo.toml", "src/lib.rs", "src/deep/hours.rs", "sdk/src/lib.rs", "target/x.rs", "texts/en.toml"];
        files.iter().for_each(|file| write(file));
        let project = Project::find(dir.path()).unwrap();
        assert_eq!(project.newer_source(), None, "nothing is built");
        write("plugin.wasm");
        let built = changed(&project.plugin()).unwrap();
        let touch = |file: &str, later: u64| {
            let file = std::fs::OpenOptions::new().write(true).open(dir.path().join(file)).unwrap();
            file.set_modified(built + Duration::from_secs(later)).unwrap();
        };
        for (file, expected) in [
            ("sdk/src/lib.rs", None),
            ("target/x.rs", None),
            ("texts/en.toml", None),
            ("src/deep/hours.rs", Some("src/deep/hours.rs")),
            ("Cargo.toml", Some("Cargo.toml")),
            ("src/lib.rs", Some("src/lib.rs")),
        ] {
            touch(file, 9);
            assert_eq!(project.newer_source().as_deref(), expected, "{file}");
            touch(file, 0);
        }
        // Built again, and nothing came of the change.
        touch("src/lib.rs", 0);
        touch("plugin.wasm", 0);
        let past = std::fs::OpenOptions::new().write(true).open(project.plugin()).unwrap();
        past.set_modified(built - Duration::from_secs(9)).unwrap();
        assert!(project.newer_source().is_some());
        let same = crate::Built { component: Vec::new(), digest: String::new() };
        assert!(!same.place(&project.plugin()).unwrap());
        assert_eq!(project.newer_source(), None);
    }
}
