//! The Rust SDK outside the repository: what it inherits from the workspace of the guests is written out.

use toml::{Table, Value};

/// Parts of a manifest that are about the repository.
const OF_THE_REPOSITORY: [&str; 5] = ["dev-dependencies", "lints", "example", "test", "bench"];

const NOTE: &str =
    "# The SDK of the Ponte that made this project. `ponte new` wrote out what it has in Ponte's repository.\n\n";

/// Makes `sdk/Cargo.toml` stand alone, and pins the crates to the versions that the SDK was tested with: they are those
/// that a clone of the repository has fetched, so a build needs no network.
pub(super) fn stand_alone(files: &[(&str, &[u8])], project: &mut Vec<(String, Vec<u8>)>) {
    let file = |name: &str| files.iter().find(|(file, _)| *file == name).map(|(_, bytes)| *bytes);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let workspace = file("plugins/Cargo.toml").map(text).unwrap_or_default();
    for (_, bytes) in project.iter_mut().filter(|(file, _)| file == "sdk/Cargo.toml") {
        *bytes = own_manifest(&text(bytes), &workspace).into_bytes();
    }
    if let Some(lock) = file("plugins/Cargo.lock") {
        project.push(("Cargo.lock".to_owned(), lock.to_vec()));
    }
}

/// A member's manifest with everything that it inherits.
fn own_manifest(member: &str, workspace: &str) -> String {
    let (Ok(mut member), Ok(workspace)) = (member.parse::<Table>(), workspace.parse::<Table>()) else {
        return member.to_owned();
    };
    let shared = workspace.get("workspace").and_then(Value::as_table).cloned().unwrap_or_default();
    OF_THE_REPOSITORY.iter().for_each(|part| drop(member.remove(*part)));
    // What remains of the parts for one system: tools for tests.
    member.remove("target");
    // Its tests stay in the repository, with their tools.
    if let Value::Table(lib) = member.entry("lib").or_insert_with(|| Table::new().into()) {
        lib.extend(["test", "doctest"].map(|kind| (kind.to_owned(), Value::Boolean(false))));
    }
    for part in ["package", "dependencies", "build-dependencies"] {
        let key = if part == "package" { "package" } else { "dependencies" };
        let shared = shared.get(key).and_then(Value::as_table);
        for (name, value) in member.get_mut(part).and_then(Value::as_table_mut).into_iter().flatten() {
            if let Some(whole) = shared.and_then(|shared| inherited(value, shared.get(name)?)) {
                *value = whole;
            }
        }
    }
    format!("{NOTE}{member}")
}

/// What `x.workspace = true` stands for, with the features that stand beside it.
fn inherited(value: &Value, shared: &Value) -> Option<Value> {
    let own = value.as_table().filter(|own| own.get("workspace").and_then(Value::as_bool) == Some(true))?;
    let beside: Table =
        own.iter().filter(|(key, _)| *key != "workspace").map(|(k, v)| (k.clone(), v.clone())).collect();
    if beside.is_empty() {
        return Some(shared.clone());
    }
    let mut whole = match shared {
        Value::Table(table) => table.clone(),
        version => Table::from_iter([("version".to_owned(), version.clone())]),
    };
    for (key, value) in beside {
        match (whole.get_mut(&key), value) {
            (Some(Value::Array(known)), Value::Array(more)) => known.extend(more),
            (_, value) => drop(whole.insert(key, value)),
        }
    }
    Some(Value::Table(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inherited_is_written_out() {
        let workspace = r#"
            [workspace.package]
            edition = "2024"
            [workspace.dependencies]
            plain = "1"
            rich = { version = "2", default-features = false, features = ["a"] }
        "#;
        let member = r#"
            [package]
            name = "sdk"
            edition.workspace = true
            [dependencies]
            plain = { workspace = true, features = ["x"] }
            rich = { workspace = true, features = ["b"] }
            [dependencies.other]
            version = "3"
            [dev-dependencies]
            tools.workspace = true
            [target.'cfg(unix)'.dev-dependencies]
            more.workspace = true
            [[example]]
            name = "hello"
            [lints]
            workspace = true
        "#;
        let expected = r#"
            [package]
            name = "sdk"
            edition = "2024"
            [dependencies]
            plain = { version = "1", features = ["x"] }
            rich = { version = "2", default-features = false, features = ["a", "b"] }
            other = { version = "3" }
            [lib]
            test = false
            doctest = false
        "#;
        let own = own_manifest(member, workspace);
        assert!(own.starts_with("# "), "{own}");
        assert_eq!(own.parse::<Table>().unwrap(), expected.parse::<Table>().unwrap(), "{own}");
    }
}
