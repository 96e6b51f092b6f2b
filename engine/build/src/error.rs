use std::path::PathBuf;

use crate::language::LANGUAGES;
use crate::tools::MissingTool;

/// Why a project was not built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The folder is not there.
    #[error("there is no folder {}", .0.display())]
    NoFolder(PathBuf),
    /// Nothing in the folder tells its language.
    #[error(
        "{} has no source of a plugin: one of {} is what it would have; `ponte new NAME` makes a project",
        .0.display(), marks()
    )]
    NoSource(PathBuf),
    /// The SDK with the build script is not there.
    #[error("{} has no {folder}/{script}: `ponte new NAME --lang {word}` makes a project that has it", dir.display())]
    NoSdk {
        /// The project.
        dir: PathBuf,
        /// Where the SDK should be.
        folder: String,
        /// What is missing in it.
        script: &'static str,
        /// The language's word.
        word: &'static str,
    },
    /// A tool is not installed.
    #[error(transparent)]
    MissingTool(#[from] MissingTool),
    /// A tool failed; what it said was passed on.
    #[error("`{command}` failed in {} (see above)", dir.display())]
    Failed {
        /// The command, for people.
        command: String,
        /// Where it ran.
        dir: PathBuf,
    },
    /// The tools were content, and left nothing.
    #[error("{0}")]
    NoResult(String),
    /// What was built cannot become a component.
    #[error("{0}")]
    NotAComponent(String),
    /// A program cannot be started, or a file not be read.
    #[error("{what}: {error}")]
    Io {
        /// Which.
        what: String,
        /// Why.
        error: std::io::Error,
    },
}

fn marks() -> String {
    LANGUAGES.map(|language| language.mark).join(", ")
}

impl BuildError {
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |error| Self::Io { what, error }
    }
}
