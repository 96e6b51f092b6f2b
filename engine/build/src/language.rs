//! The languages that plugins are written in: one row each.

use crate::tools::{CLANG, NODE, NPM, PYTHON, Tool};

/// How a project of a language becomes a component.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Recipe {
    /// `cargo build` for `wasm32-unknown-unknown`.
    Cargo,
    /// The SDK's own script: `PROGRAM sdk/SCRIPT PROJECT OUT`.
    Script {
        /// What runs it.
        program: &'static Tool,
        /// Its file in the SDK.
        script: &'static str,
        /// What else it needs. It says itself what is missing of its own.
        needs: &'static [&'static Tool],
    },
}

/// What the imports of a component tell of what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imports {
    /// They are the functions that it calls.
    Functions,
    /// They are the interfaces that it uses, each with all of its functions.
    Interfaces,
    /// Nothing: they are the whole contract, because names are looked up at run time.
    Everything,
}

/// A language that plugins are written in.
#[derive(Clone, Copy, Debug)]
pub struct Language {
    /// Its word on the command line.
    pub word: &'static str,
    /// Its name.
    pub title: &'static str,
    /// The file that a builder edits.
    pub source: &'static str,
    /// The file by which a project of it is known.
    pub(crate) mark: &'static str,
    /// The folder of its SDK in `plugins/sdk`.
    pub(crate) sdk: &'static str,
    /// How it is built.
    pub(crate) recipe: Recipe,
    /// What the imports of its components tell.
    pub imports: Imports,
    /// What a plugin may well have, in bytes; a much larger one carries something that it does not need.
    pub usual_bytes: u64,
}

/// All of them. TypeScript stands before JavaScript, whose mark its projects may have as well.
pub static LANGUAGES: [Language; 5] = [
    Language {
        word: "rust",
        title: "Rust",
        source: "src/lib.rs",
        mark: "Cargo.toml",
        sdk: "rust",
        recipe: Recipe::Cargo,
        imports: Imports::Functions,
        usual_bytes: 1 << 20,
    },
    Language {
        word: "ts",
        title: "TypeScript",
        source: "src/flow.ts",
        mark: "src/flow.ts",
        sdk: "js",
        recipe: Recipe::Script { program: &NODE, script: "build.mjs", needs: &[&NPM] },
        imports: Imports::Interfaces,
        usual_bytes: 4 << 20,
    },
    Language {
        word: "js",
        title: "JavaScript",
        source: "src/flow.js",
        mark: "src/flow.js",
        sdk: "js",
        recipe: Recipe::Script { program: &NODE, script: "build.mjs", needs: &[&NPM] },
        imports: Imports::Interfaces,
        usual_bytes: 4 << 20,
    },
    Language {
        word: "python",
        title: "Python",
        source: "flow.py",
        mark: "flow.py",
        sdk: "python",
        recipe: Recipe::Script { program: &PYTHON, script: "build.py", needs: &[] },
        imports: Imports::Everything,
        usual_bytes: 48 << 20,
    },
    Language {
        word: "c",
        title: "C",
        source: "flow.c",
        mark: "flow.c",
        sdk: "c",
        recipe: Recipe::Script { program: &crate::tools::SH, script: "build.sh", needs: &[&CLANG] },
        imports: Imports::Functions,
        usual_bytes: 1 << 20,
    },
];

impl Language {
    /// The language of a word on the command line.
    pub fn parse(word: &str) -> Option<&'static Self> {
        LANGUAGES.iter().find(|language| language.word == word)
    }

    /// The folder of its first flow in `examples`.
    pub(crate) fn example(&self) -> String {
        format!("examples/first-{}", self.word)
    }
}
