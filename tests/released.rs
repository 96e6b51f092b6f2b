//! Components of the contract as it was released, in each language: see `tests/fixtures/contract-0.1.0`.

use std::io::Read as _;
use std::path::PathBuf;

use crate::{built, root};

/// The languages of which a component of ponte:flow 0.1.0 must be there. Add yours; never take one away.
const LANGUAGES: [&str; 4] = ["c", "js", "python", "rust"];

/// A component of ponte:flow 0.1.0.
pub struct Released {
    /// The language.
    pub language: String,
    /// Its bytes.
    pub component: Vec<u8>,
}

impl Released {
    /// A flow package with it: that of the first flow, which is the same in every language.
    pub fn package(&self) -> PathBuf {
        built::package_with("examples/first-c", &self.component)
    }
}

/// One in each language, by language.
///
/// # Panics
/// If one is missing.
pub fn components() -> Vec<Released> {
    let folder = root().join("tests/fixtures/contract-0.1.0");
    let mut kept = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("the folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let bytes = std::fs::read(entry.path()).expect("a file");
        let (language, component) = match (name.strip_suffix(".wasm"), name.strip_suffix(".wasm.zst")) {
            (Some(language), _) => (language, bytes),
            (_, Some(language)) => (language, unpacked(&bytes)),
            _ => continue,
        };
        kept.push(Released { language: language.to_owned(), component });
    }
    kept.sort_by(|one, other| one.language.cmp(&other.language));
    let languages: Vec<_> = kept.iter().map(|released| released.language.as_str()).collect();
    assert_eq!(languages, LANGUAGES, "in {}", folder.display());
    kept
}

fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    ruzstd::decoding::StreamingDecoder::new(packed)
        .expect("it is packed with zstd")
        .read_to_end(&mut bytes)
        .expect("it is whole");
    bytes
}
