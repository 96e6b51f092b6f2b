//! The SDK's own build script.

use std::path::Path;
use std::process::Command;

use super::run;
use crate::tools::{NPM, Tool};
use crate::{BuildError, Project};

pub(super) fn build(
    project: &Project,
    program: &'static Tool,
    script: &'static str,
    needs: &[&'static Tool],
) -> Result<Vec<u8>, BuildError> {
    let program = program.find()?;
    for tool in needs {
        tool.find()?;
    }
    let sdk = project.sdk(script)?;
    for folder in [&sdk, &project.dir] {
        npm_install(project, folder)?;
    }
    let scratch = Scratch::new();
    run(Command::new(program).arg(sdk.join(script)).arg(&project.dir).arg(&scratch.0), project)?;
    std::fs::read(&scratch.0).map_err(|_| BuildError::NoResult(format!("{script} ended well and wrote no component")))
}

/// Fetches what a `package.json` names, once.
fn npm_install(project: &Project, folder: &Path) -> Result<(), BuildError> {
    let package = std::fs::read(folder.join("package.json")).unwrap_or_default();
    let package: serde_json::Value = serde_json::from_slice(&package).unwrap_or_default();
    let names_some = |key: &str| package[key].as_object().is_some_and(|names| !names.is_empty());
    if folder.join("node_modules").is_dir() || !(names_some("dependencies") || names_some("devDependencies")) {
        return Ok(());
    }
    // With a lock exactly what it names, and from the cache where it is there.
    let verb = if folder.join("package-lock.json").is_file() { "ci" } else { "install" };
    let mut npm = Command::new(NPM.find()?);
    npm.args([verb, "--prefer-offline", "--no-audit", "--no-fund", "--prefix"]).arg(folder);
    run(&mut npm, project)
}

/// A file for the time of a build.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new() -> Self {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("ponte-build-{}-{count}.wasm", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, build};

    /// A project in C whose SDK has this script.
    fn project(script: &str) -> (tempfile::TempDir, Project) {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("flow.c"), "").unwrap();
        std::fs::create_dir(dir.path().join("sdk")).unwrap();
        std::fs::write(dir.path().join("sdk/build.sh"), script).unwrap();
        let project = Project::find(dir.path()).unwrap();
        (dir, project)
    }

    /// Whatever the machine has: the script itself compiles nothing.
    fn run(script: &str) -> Result<Vec<u8>, BuildError> {
        let (_dir, project) = project(script);
        super::build(&project, &crate::tools::SH, "build.sh", &[])
    }

    #[test]
    fn a_script_gets_the_project_and_where_to_write() {
        let component = b"\0asm\x0d\0\x01\0";
        let script = "test -f \"$1/flow.c\" || exit 3\nprintf '\\000asm\\015\\000\\001\\000' > \"$2\"\n";
        assert_eq!(run(script).unwrap(), component);
        let failed = run("exit 7").unwrap_err();
        assert!(matches!(&failed, BuildError::Failed { command, .. } if command.contains("sdk/build.sh")), "{failed}");
        let nothing = run("exit 0").unwrap_err().to_string();
        assert_eq!(nothing, "build.sh ended well and wrote no component");
    }

    #[test]
    fn the_table_names_the_script() {
        let (_dir, project) = project("printf '\\000asm\\015\\000\\001\\000' > \"$2\"\n");
        match build(&project, &Options::default()) {
            Ok(built) => assert_eq!(built.component.len(), 8),
            Err(error) => assert!(matches!(error, BuildError::MissingTool(_)), "{error}"),
        }
    }
}
