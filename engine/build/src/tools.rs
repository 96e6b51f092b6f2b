//! The programs that builds need, and how one gets them.

use std::ffi::OsStr;
use std::fmt;
use std::path::PathBuf;

/// A program of a language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tool {
    /// Its names, the best first.
    pub(crate) names: &'static [&'static str],
    /// A variable that names another one.
    pub(crate) named_by: Option<&'static str>,
    /// What it does here.
    pub(crate) does: &'static str,
    /// Where, and the line that installs it.
    pub(crate) install: &'static [(&'static str, &'static str)],
}

pub(crate) static CARGO: Tool = Tool {
    names: &["cargo"],
    named_by: None,
    does: "compiles flows in Rust",
    install: &[
        ("anywhere", "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"),
        ("Debian", "apt-get install cargo-web rustc-web rust-web-src lld-19"),
    ],
};

/// The standard library for `wasm32-unknown-unknown`.
pub(crate) static WASM_TARGET: Tool = Tool {
    names: &["a Rust library for wasm32-unknown-unknown"],
    named_by: None,
    does: "is what flows in Rust are compiled against",
    install: &[
        ("with rustup", "rustup target add wasm32-unknown-unknown"),
        ("without", "install rustup from https://rustup.rs, then the line above"),
        ("Debian", "apt-get install rustc-web rust-web-src lld-19"),
    ],
};

pub(crate) static NODE: Tool = Tool {
    names: &["node", "nodejs"],
    named_by: None,
    does: "bundles flows in JavaScript and TypeScript",
    install: &[
        ("Debian", "apt-get install nodejs npm"),
        ("macOS", "brew install node"),
        ("anywhere", "https://nodejs.org, version 18 or newer"),
    ],
};

pub(crate) static NPM: Tool = Tool {
    names: &["npm"],
    named_by: None,
    does: "fetches the compiler of flows in JavaScript",
    install: &[("Debian", "apt-get install npm"), ("anywhere", "https://nodejs.org brings it")],
};

pub(crate) static PYTHON: Tool = Tool {
    names: &["python3"],
    named_by: None,
    does: "builds flows in Python",
    install: &[
        ("Debian", "apt-get install python3 python3-venv"),
        ("macOS", "brew install python"),
        ("anywhere", "https://www.python.org, version 3.10 or newer"),
    ],
};

pub(crate) static SH: Tool = Tool {
    names: &["sh"],
    named_by: None,
    does: "runs the build script of the SDK",
    install: &[("Windows", "run ponte in WSL"), ("elsewhere", "it is part of the system: look at PATH")],
};

pub(crate) static CLANG: Tool = Tool {
    names: &["clang-19", "clang-20", "clang-21", "clang-18", "clang"],
    named_by: Some("CC_WASM"),
    does: "compiles flows in C",
    install: &[
        ("Debian", "apt-get install clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32"),
        ("anywhere", "https://github.com/WebAssembly/wasi-sdk"),
    ],
};

impl Tool {
    /// Where it is.
    pub(crate) fn find(&'static self) -> Result<PathBuf, MissingTool> {
        match self.named_by.and_then(std::env::var_os) {
            Some(named) => Ok(named.into()),
            None => self.find_in(std::env::var_os("PATH").as_deref()),
        }
    }

    fn find_in(&'static self, path: Option<&OsStr>) -> Result<PathBuf, MissingTool> {
        let folders: Vec<PathBuf> = path.map(|path| std::env::split_paths(path).collect()).unwrap_or_default();
        let places = self.names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
        let mut programs = places.flat_map(|place| [place.clone(), place.with_extension("exe")]);
        programs.find(|place| place.is_file()).ok_or(MissingTool(self))
    }
}

/// A tool is not installed. Says what it is for, and each way to get it.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub struct MissingTool(pub(crate) &'static Tool);

impl fmt::Display for MissingTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(tool) = self;
        let (best, others) = (tool.names[0], tool.names.len() - 1);
        let names =
            tool.names.get(1).filter(|_| others == 1).map_or(best.to_owned(), |other| format!("{best} or {other}"));
        write!(f, "{names} was not found; it {}. To install it:", tool.does)?;
        let width = tool.install.iter().map(|(place, _)| place.len()).max().unwrap_or_default();
        for (place, line) in tool.install {
            write!(f, "\n  {place:width$}  {line}")?;
        }
        f.write_str("\nThen run the command again.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_found_by_its_best_name_and_a_missing_one_says_how_to_get_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = std::env::join_paths([dir.path().join("other"), dir.path().to_owned()]).unwrap();
        let missing = CLANG.find_in(Some(&path)).unwrap_err().to_string();
        assert!(missing.starts_with("clang-19 was not found; it compiles flows in C."), "{missing}");
        assert!(missing.contains("apt-get install clang-19"), "{missing}");
        for name in ["clang", "clang-19"] {
            std::fs::write(dir.path().join(name), "").unwrap();
            assert!(CLANG.find_in(Some(&path)).unwrap().ends_with(name));
        }
        assert!(CLANG.find_in(None).is_err());
    }
}
