//! The SDK's own build script.

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
    npm_install(project)?;
    check_types(project)?;
    let scratch = Scratch::new();
    run(Command::new(program).arg(sdk.join(script)).arg(&project.dir).arg(&scratch.0), project)?;
    std::fs::read(&scratch.0).map_err(|_| BuildError::NoResult(format!("{script} ended well and wrote no component")))
}

/// Fetches what the project's own `package.json` names, once. The SDK is beside it, and its script fetches what it needs.
fn npm_install(project: &Project) -> Result<(), BuildError> {
    let package = std::fs::read(project.dir.join("package.json")).unwrap_or_default();
    let package: serde_json::Value = serde_json::from_slice(&package).unwrap_or_default();
    let named = package["dependencies"].as_object().into_iter().flat_map(|names| names.values());
    let mut fetched = named.filter(|from| from.as_str().is_some_and(|from| !from.starts_with("file:")));
    if project.dir.join("node_modules").is_dir() || fetched.next().is_none() {
        return Ok(());
    }
    let mut npm = Command::new(NPM.find()?);
    run(npm.args(["install", "--prefer-offline", "--no-audit", "--no-fund"]), project)
}

/// Lets TypeScript's own compiler look, where the project has fetched it: bundling takes the types away unread.
fn check_types(project: &Project) -> Result<(), BuildError> {
    const TSC: &str = "node_modules/.bin/tsc";
    if project.language.word != "ts" || !project.dir.join(TSC).is_file() || !project.dir.join("tsconfig.json").is_file()
    {
        return Ok(());
    }
    run(Command::new(project.dir.join(TSC)).args(["--noEmit", "-p", "."]), project)
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

    #[cfg(unix)]
    #[test]
    fn types_are_checked_where_the_compiler_is_there() {
        use std::os::unix::fs::PermissionsExt as _;

        let dir = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        };
        write("src/flow.ts", "");
        write("tsconfig.json", "{}");
        let project = Project::find(dir.path()).unwrap();
        check_types(&project).unwrap();
        write("node_modules/.bin/tsc", "#!/bin/sh\necho \"$@\" > asked\ntest ! -e wrong\n");
        check_types(&project).unwrap();
        assert_eq!(std::fs::read_to_string(dir.path().join("asked")).unwrap(), "--noEmit -p .\n");
        write("wrong", "");
        let failed = check_types(&project).unwrap_err().to_string();
        assert!(failed.contains("`tsc --noEmit -p .` failed"), "{failed}");
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
