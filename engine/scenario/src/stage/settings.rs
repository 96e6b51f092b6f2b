//! The shop's settings: those of the package's example, and over them those of the scenario.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{Say as _, StageError};

/// Writes the settings of a package into `dir`. Where several flows are at work, `over` has them by the flow's name.
pub(super) fn file(
    package: &Path,
    over: &Map<String, Value>,
    several: bool,
    dir: &Path,
) -> Result<Option<PathBuf>, StageError> {
    let name = package.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let example = package.join("settings.example.toml");
    let over = match several {
        true => over.get(&name).and_then(Value::as_object).cloned().unwrap_or_default(),
        false => over.clone(),
    };
    if over.is_empty() {
        return Ok(example.is_file().then_some(example));
    }
    let mut table = match std::fs::read_to_string(&example) {
        Ok(text) => {
            text.parse::<toml::Table>().map_err(|error| StageError(format!("{}: {error}", example.display())))?
        }
        Err(_) => toml::Table::new(),
    };
    let over = toml::Table::try_from(over).map_err(|error| StageError(format!("settings: {error}")))?;
    merge(&mut table, over);
    let path = dir.join(format!("settings of {name}.toml"));
    std::fs::write(&path, toml::to_string(&table).say()?).say()?;
    Ok(Some(path))
}

fn merge(into: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(into)), toml::Value::Table(over)) => merge(into, over),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_merged_and_everything_else_replaced() {
        let mut into: toml::Table =
            "a = 1\nhours = [\"x\"]\n[urgent]\nenabled = true\nlabel = \"x\"\n".parse().unwrap();
        merge(&mut into, "hours = [\"y\"]\n[urgent]\nenabled = false\n".parse().unwrap());
        let expected = "a = 1\nhours = [\"y\"]\n[urgent]\nenabled = false\nlabel = \"x\"\n";
        assert_eq!(into, expected.parse().unwrap());
    }
}
