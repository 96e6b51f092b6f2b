//! Components of the contract as it was released: they are kept for ever, and run as long as this host offers 0.1.

use std::path::PathBuf;

use ponte_tests::{built, first, root};

/// The languages of which a component of ponte:flow 0.1.0 must be there. Add yours; never take one away.
const LANGUAGES: [&str; 2] = ["c", "python"];

fn folder() -> PathBuf {
    root().join("tests/fixtures/contract-0.1.0")
}

/// The components in the folder, by language.
fn kept() -> Vec<(String, Vec<u8>)> {
    let mut kept = Vec::new();
    for entry in std::fs::read_dir(folder()).expect("the folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let bytes = std::fs::read(entry.path()).expect("a file");
        if let Some(language) = name.strip_suffix(".wasm") {
            kept.push((language.to_owned(), bytes));
        } else if let Some(language) = name.strip_suffix(".wasm.zst") {
            kept.push((language.to_owned(), unpacked(&bytes)));
        }
    }
    kept.sort();
    kept
}

fn unpacked(packed: &[u8]) -> Vec<u8> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    ruzstd::decoding::StreamingDecoder::new(packed)
        .expect("it is packed with zstd")
        .read_to_end(&mut bytes)
        .expect("it is whole");
    bytes
}

#[tokio::test]
async fn components_of_contract_0_1_0_still_play_their_story() {
    let kept = kept();
    for language in LANGUAGES {
        assert!(kept.iter().any(|(name, _)| name == language), "{} has no component in {language}", folder().display());
    }
    for (language, component) in kept {
        println!("{language}: {} bytes", component.len());
        // Its package is that of the first flow, which is the same in every language.
        first::plays(built::package_with("examples/first-c", &component)).await;
    }
}

#[test]
fn the_first_flow_is_one_flow_in_every_language() {
    let examples = std::fs::read_dir(root().join("examples")).expect("examples").flatten().map(|entry| entry.path());
    let first =
        examples.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("first-")));
    let first: Vec<_> = first.collect();
    assert!(first.len() >= LANGUAGES.len(), "{first:?}");
    let package = ["flow.toml", "settings.schema.json", "settings.example.toml", "scenarios/first.yaml"];
    let texts = ["texts/pt-BR.toml", "texts/es.toml", "texts/en.toml"];
    for file in package.iter().chain(&texts) {
        let read =
            |path: &PathBuf| std::fs::read(path.join(file)).unwrap_or_else(|error| panic!("{path:?} {file}: {error}"));
        for other in &first[1..] {
            assert!(read(&first[0]) == read(other), "{file} differs between {:?} and {other:?}", first[0]);
        }
    }
}
