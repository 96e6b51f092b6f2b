//! Checks that flow packages and their plugins agree. For tests: what is wrong panics, with the file and the key.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The languages that every package has texts in.
pub const LANGUAGES: [&str; 3] = ["pt-BR", "es", "en"];

/// A package under `flows/`.
#[derive(Debug)]
pub struct Package {
    dir: PathBuf,
    schema: Value,
}

impl Package {
    /// Opens `flows/<name>` and checks that its schema is one.
    pub fn open(name: &str) -> Self {
        let dir = PathBuf::from("../../flows").join(name);
        let schema: Value =
            serde_json::from_str(&read(&dir.join("settings.schema.json"))).expect("settings.schema.json");
        if let Err(error) = jsonschema::draft202012::meta::validate(&schema) {
            panic!("settings.schema.json is no schema: {error}");
        }
        Self { dir, schema }
    }

    /// What is wrong with settings; empty if nothing is.
    pub fn faults(&self, settings: &Value) -> Vec<String> {
        let validator = jsonschema::draft202012::new(&self.schema).expect("settings.schema.json");
        validator.iter_errors(settings).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    /// `settings.example.toml`, which must fit the schema.
    pub fn example(&self) -> Value {
        let text = read(&self.dir.join("settings.example.toml"));
        let settings: Value = toml::from_str(&text).expect("settings.example.toml");
        assert_eq!(self.faults(&settings), Vec::<String>::new(), "settings.example.toml");
        settings
    }

    /// Defaults and examples must fit the parts of the schema that they belong to, and everything that a shop sees must
    /// have its title in every language.
    pub fn check_schema(&self) {
        self.check_part("", &self.schema);
    }

    fn check_part(&self, path: &str, part: &Value) {
        if let Some(title) = part.pointer("/x-ponte/title").or_else(|| part.pointer("/x-ponte")) {
            for language in LANGUAGES {
                let words = title.get(language).and_then(Value::as_str).unwrap_or_default();
                assert!(!words.is_empty(), "{path} has no title in {language}");
            }
        }
        let mut with_definitions = part.clone();
        if let (Some(part), Some(definitions)) = (with_definitions.as_object_mut(), self.schema.get("$defs")) {
            part.insert("$defs".into(), definitions.clone());
        }
        let examples = part.get("examples").and_then(Value::as_array).into_iter().flatten();
        for value in examples.chain(part.get("default")) {
            let validator = jsonschema::draft202012::new(&with_definitions).expect("a part of the schema");
            assert!(validator.is_valid(value), "{path}: its own {value} does not fit");
        }
        for holder in ["properties", "$defs"] {
            for (name, part) in part.get(holder).and_then(Value::as_object).into_iter().flatten() {
                self.check_part(&format!("{path}/{name}"), part);
            }
        }
        if let Some(items) = part.get("items").filter(|items| items.is_object()) {
            self.check_part(&format!("{path}[]"), items);
        }
    }

    /// Texts must exist in every language, with the same places, and be the ones that the plugin uses: key, places,
    /// and how long it may be before values are filled in. The setting `texts` may replace any of them, within that
    /// length.
    pub fn check_texts(&self, used: &[(&str, &[&str], usize)]) {
        for language in LANGUAGES {
            let file = format!("texts/{language}.toml");
            let texts: BTreeMap<String, String> = toml::from_str(&read(&self.dir.join(&file))).expect(&file);
            let known: BTreeSet<&str> = texts.keys().map(String::as_str).collect();
            assert_eq!(known, used.iter().map(|(key, ..)| *key).collect(), "the keys of {file}");
            for (key, expected, most) in used {
                let text = &texts[*key];
                assert_eq!(places(text), expected.iter().copied().collect(), "the places of `{key}` in {file}");
                assert!(text.chars().count() <= *most, "`{key}` in {file} is too long");
                assert_eq!(text.trim(), text, "`{key}` in {file} has blanks around it");
            }
        }
        let own = self.schema.pointer("/$defs/texts/properties").and_then(Value::as_object).expect("/$defs/texts");
        for (key, part) in own {
            let (.., most) = used.iter().find(|(known, ..)| known == key).unwrap_or_else(|| panic!("no text `{key}`"));
            let allowed = part["maxLength"].as_u64().expect("maxLength") as usize;
            assert!(allowed <= *most, "the setting texts.*.{key} may be too long");
        }
    }
}

/// The `{places}` of a text.
fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
