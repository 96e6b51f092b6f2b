use std::fs;
use std::path::PathBuf;

use ponte_flow::{FlowPackage, PackageError, Problem};
use tempfile::TempDir;

/// The smallest component there is.
pub(crate) const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

const FILES: [&str; 5] = ["flow.toml", "settings.schema.json", "texts/pt-BR.toml", "texts/es.toml", "texts/en.toml"];

pub(crate) fn fixtures() -> PathBuf {
    PathBuf::from("tests/fixtures")
}

/// A copy of the good package, to spoil.
pub(crate) struct Package(TempDir);

impl Package {
    pub(crate) fn good() -> Self {
        let package = Self(tempfile::tempdir().unwrap());
        fs::create_dir(package.path("texts")).unwrap();
        for file in FILES {
            fs::copy(fixtures().join("good").join(file), package.path(file)).unwrap();
        }
        package.write("plugin.wasm", COMPONENT);
        package
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    pub(crate) fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(file), bytes).unwrap();
    }

    pub(crate) fn delete(&self, file: &str) {
        fs::remove_file(self.path(file)).unwrap();
    }

    /// Replaces the only place where a file says `from`.
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(file)).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{file} says {from:?} once");
        self.write(file, text.replace(from, to));
    }

    pub(crate) fn open(&self) -> Result<FlowPackage, PackageError> {
        FlowPackage::open(self.0.path())
    }
}

pub(crate) fn lines(problems: &[Problem]) -> String {
    problems.iter().map(Problem::one_line).collect::<Vec<_>>().join("\n")
}
