//! Which language a folder is written in, and where its SDK is.

use std::path::{Path, PathBuf};

use crate::BuildError;
use crate::language::{LANGUAGES, Language, Recipe};

/// A folder with the source of a plugin.
#[derive(Clone, Debug)]
pub struct Project {
    /// The folder, absolute.
    pub dir: PathBuf,
    /// What it is written in.
    pub language: &'static Language,
}

impl Project {
    /// Looks at a folder.
    ///
    /// # Errors
    /// It is not there, or holds no source.
    pub fn find(dir: &Path) -> Result<Self, BuildError> {
        let absolute = dir.canonicalize().map_err(|_| BuildError::NoFolder(dir.to_owned()))?;
        match Language::of(dir) {
            Some(language) => Ok(Self { dir: absolute, language }),
            None => Err(BuildError::NoSource(dir.to_owned())),
        }
    }

    /// Where the component goes: the file that the manifest names, beside it.
    pub fn plugin(&self) -> PathBuf {
        let manifest = std::fs::read_to_string(self.dir.join("flow.toml")).unwrap_or_default();
        let manifest: toml::Table = manifest.parse().unwrap_or_default();
        let named = manifest.get("flow").and_then(|flow| flow.get("plugin")).and_then(toml::Value::as_str);
        // A path that leads elsewhere is told of by `ponte check`, and not followed.
        let plain =
            |name: &&str| Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        self.dir.join(named.filter(plain).unwrap_or("plugin.wasm"))
    }

    /// Whether a component was built after the last change of the project and its SDK, by the files' times. Never so in
    /// Rust: cargo knows better, and is quick.
    pub fn is_older_than(&self, component: &Path) -> bool {
        let Recipe::Script { script, .. } = self.language.recipe else { return false };
        let changed = |path: &Path| path.metadata().and_then(|about| about.modified()).ok();
        let (Some(built), Ok(sdk)) = (changed(component), self.sdk(script)) else { return false };
        let mut folders = vec![self.dir.clone(), sdk];
        while let Some(folder) = folders.pop() {
            for entry in folder.read_dir().into_iter().flatten().flatten() {
                let (path, name) = (entry.path(), entry.file_name());
                let made = name == "node_modules" || name == "__pycache__" || name.to_string_lossy().starts_with('.');
                if path.is_dir() && !made {
                    folders.push(path);
                } else if path.is_file() && path != component && changed(&path).is_none_or(|time| time > built) {
                    return false;
                }
            }
        }
        true
    }

    /// The SDK with a script: the project's own copy, or that of the repository around it.
    pub(crate) fn sdk(&self, script: &'static str) -> Result<PathBuf, BuildError> {
        let own = self.dir.join("sdk");
        let shared = self.dir.ancestors().skip(1).map(|above| above.join("plugins/sdk").join(self.language.sdk));
        let mut places = std::iter::once(own).chain(shared);
        places.find(|place| place.join(script).is_file()).ok_or_else(|| BuildError::NoSdk {
            dir: self.dir.clone(),
            folder: "sdk".to_owned(),
            script,
            word: self.language.word,
        })
    }
}

impl Language {
    /// What a folder is written in, if it has a source.
    pub fn of(dir: &Path) -> Option<&'static Self> {
        LANGUAGES.iter().find(|language| dir.join(language.mark).is_file())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_tells_its_language() {
        for language in &LANGUAGES {
            let dir = tempfile::tempdir().unwrap();
            let error = Project::find(dir.path()).unwrap_err().to_string();
            assert!(error.contains(language.mark) && error.contains("ponte new"), "{error}");
            std::fs::create_dir_all(dir.path().join("src")).unwrap();
            std::fs::write(dir.path().join(language.mark), "").unwrap();
            let project = Project::find(dir.path()).unwrap();
            assert_eq!(project.language.word, language.word);
            assert!(project.plugin().ends_with("plugin.wasm"));
            for (named, expected) in [("out.wasm", "out.wasm"), ("../out.wasm", "plugin.wasm")] {
                std::fs::write(dir.path().join("flow.toml"), format!("[flow]\nplugin = {named:?}\n")).unwrap();
                assert!(project.plugin().ends_with(expected));
            }
        }
        assert!(matches!(Project::find(Path::new("no/such/folder")), Err(BuildError::NoFolder(_))));
    }

    #[test]
    fn the_projects_own_sdk_comes_before_that_of_the_repository() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("examples/first-c");
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("flow.c"), "").unwrap();
        let project = Project::find(&dir).unwrap();
        let error = project.sdk("build.sh").unwrap_err().to_string();
        assert!(error.contains("sdk/build.sh") && error.contains("--lang c"), "{error}");
        for (sdk, found) in [(root.path().join("plugins/sdk/c"), "plugins/sdk/c"), (dir.join("sdk"), "first-c/sdk")] {
            std::fs::create_dir_all(&sdk).unwrap();
            std::fs::write(sdk.join("build.sh"), "").unwrap();
            assert!(project.sdk("build.sh").unwrap().ends_with(found));
        }
        let component = dir.join("plugin.wasm");
        assert!(!project.is_older_than(&component), "there is none");
        std::fs::write(&component, "").unwrap();
        assert!(project.is_older_than(&component));
        let later = component.metadata().unwrap().modified().unwrap() + std::time::Duration::from_secs(9);
        std::fs::File::open(dir.join("sdk/build.sh")).unwrap().set_modified(later).unwrap();
        assert!(!project.is_older_than(&component), "the SDK changed");
    }
}
