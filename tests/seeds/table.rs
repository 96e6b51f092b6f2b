//! docs/seeds.md against the sources: every test that it names is there, and every row of the requirements is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ponte_tests::root;

/// Rows of the requirements in each section that the table covers.
const ROWS: &[(&str, usize)] = &[("3.1", 7), ("3.2", 14), ("3.3", 11), ("3.4", 4), ("3.5", 8), ("3.6", 9)];

fn sources(dir: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if entry.is_dir() && !matches!(name.as_str(), "target" | "node_modules" | ".git") {
            sources(&entry, all);
        } else if name.ends_with(".rs") {
            all.push(entry);
        }
    }
}

/// Functions that are tests, by name: what follows an attribute `#[test]`, `#[tokio::test]`, or stands in `proptest!`.
fn tests() -> BTreeSet<String> {
    let mut files = Vec::new();
    for dir in ["engine", "plugins", "tests", "xtask"] {
        sources(&root().join(dir), &mut files);
    }
    let mut names = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        let mut attribute = false;
        for line in text.lines().map(str::trim) {
            if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                attribute = true;
            } else if let Some(name) = function(line) {
                if attribute {
                    names.insert(name.to_owned());
                }
                attribute = false;
            }
        }
    }
    names
}

fn function(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches("pub ").trim_start_matches("async ").strip_prefix("fn ")?;
    rest.split(['(', '<']).next()
}

/// The rows of the table: section, what stands in the last column.
fn table() -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join("docs/seeds.md")).expect("docs/seeds.md");
    let mut section = String::new();
    let mut rows = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            section = heading.split_whitespace().next().unwrap_or_default().to_owned();
        } else if line.starts_with("| S") || line.starts_with("| \"") {
            let last = line.trim().trim_end_matches('|').rsplit('|').next().unwrap_or_default();
            rows.push((section.clone(), last.trim().to_owned()));
        }
    }
    rows
}

#[test]
fn every_seed_row_has_a_line_and_every_test_that_a_line_names_exists() {
    let (tests, rows) = (tests(), table());
    assert!(tests.len() > 300, "only {} tests were found: is the table looking in the right place?", tests.len());
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for (section, shown) in &rows {
        *count.entry(section).or_default() += 1;
        let named: Vec<_> = shown.split('`').skip(1).step_by(2).collect();
        let open = shown.contains("later") || shown.contains("under way") || shown.contains("information");
        assert!(open || !named.is_empty(), "{section}: a row without a test: {shown}");
        for name in named {
            assert!(tests.contains(name), "{section}: there is no test {name}");
        }
    }
    for (section, expected) in ROWS {
        assert_eq!(count.get(section), Some(expected), "rows of section {section}");
    }
}
