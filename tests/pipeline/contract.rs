//! Components of the contract as it was released: they are kept for ever, and run as long as this host offers 0.1.

use std::path::PathBuf;

use ponte_tests::{first, released, root};

#[tokio::test]
async fn components_of_contract_0_1_0_still_play_their_story() {
    for released in released::components() {
        println!("{}: {} bytes", released.language, released.component.len());
        first::plays(released.package()).await;
    }
}

#[test]
fn the_first_flow_is_one_flow_in_every_language() {
    let examples = std::fs::read_dir(root().join("examples")).expect("examples").flatten().map(|entry| entry.path());
    let first =
        examples.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("first-")));
    let first: Vec<_> = first.collect();
    assert!(first.len() >= 4, "{first:?}");
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
