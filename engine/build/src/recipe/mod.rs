//! From a project to a component, with the language's own tools. They speak for themselves: their words go to standard
//! error as they come.

mod cargo;
mod script;

use std::path::PathBuf;
use std::process::Command;

use crate::language::Recipe;
use crate::{BuildError, Built, Project, encode};

/// How to build.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where Rust keeps what it compiled; `target` in the project unless set.
    pub target_dir: Option<PathBuf>,
}

/// Builds a project. Nothing is written beside the tools' own caches.
///
/// # Errors
/// A tool is missing, or fails, or what it leaves is no component.
pub fn build(project: &Project, options: &Options) -> Result<Built, BuildError> {
    let built = match project.language.recipe {
        Recipe::Cargo => cargo::build(project, options)?,
        Recipe::Script { program, script, needs } => script::build(project, program, script, needs)?,
    };
    Ok(Built::of(encode(built)?))
}

/// Runs a command to its end. What it prints goes to standard error: standard output is for results.
fn run(command: &mut Command, project: &Project) -> Result<(), BuildError> {
    let words = words(command);
    command.current_dir(&project.dir).stdout(std::io::stderr());
    let status = command.status().map_err(BuildError::io(format!("`{words}` cannot be started")))?;
    if status.success() { Ok(()) } else { Err(BuildError::Failed { command: words, dir: project.dir.clone() }) }
}

/// A command as people write it.
fn words(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let args = command.get_args().map(|arg| arg.to_string_lossy().into_owned());
    std::iter::once(program.to_string_lossy().into_owned()).chain(args).collect::<Vec<_>>().join(" ")
}
