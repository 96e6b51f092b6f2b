//! Schemas that flows bring with a question. Flows come from strangers: a schema is bounded before anything is made of it, and
//! nobody else waits for the check, which may take milliseconds.

use std::sync::Arc;

use jsonschema::{PatternOptions, Validator};
use ponte_model::Refusal;
use serde_json::Value;

/// Values in a schema, each object, list, text and number counted.
const VALUES: usize = 1_000;
/// How deep a schema may go.
const DEPTH: usize = 32;
/// Patterns in a schema; each may look at every text of the answer.
const PATTERNS: usize = 8;
/// What a compiled pattern may take, in bytes: how long it looks at a letter grows with it.
const PATTERN_BYTES: usize = 32 << 10;
/// The longest answer that is checked, in bytes: 4,096 tokens are mostly half of it.
const ANSWER_BYTES: usize = 32 << 10;
/// Values in an answer; a value takes a token.
const ANSWER_VALUES: usize = 4_096;
/// Values of the schema times values of the answer: each of the one may look at each of the other, and complain.
const STEPS: usize = 200_000;

/// What is not taken, and what to write instead. References in twos and what looks at its neighbours' work (`unevaluated…`)
/// double the work with each level: a hundred of them take for ever.
const NOT_TAKEN: &[(&str, &str)] = &[
    ("$ref", IN_PLACE),
    ("$dynamicRef", IN_PLACE),
    ("$recursiveRef", IN_PLACE),
    ("$dynamicAnchor", IN_PLACE),
    ("$recursiveAnchor", IN_PLACE),
    ("unevaluatedProperties", "use `additionalProperties`"),
    ("unevaluatedItems", "use `items`"),
];
const IN_PLACE: &str = "write the schema out where it is used";

/// A schema that is fit to be checked against. Cheap to clone.
#[derive(Clone)]
pub(super) struct Schema(Arc<Checked>);

struct Checked {
    validator: Validator,
    values: usize,
}

impl Schema {
    /// Reads one.
    ///
    /// # Errors
    /// It is none, it is too large, or it has what is not taken.
    pub(super) async fn read(text: &str) -> Result<Self, Refusal> {
        let text = text.to_owned();
        elsewhere(move || compile(&text)).await?.map_err(|why| Refusal::invalid("schema", why))
    }

    /// The JSON in an answer, or why it does not fit.
    ///
    /// # Errors
    /// The check broke off.
    pub(super) async fn fits(&self, text: &str) -> Result<Result<String, String>, Refusal> {
        let (schema, text) = (self.clone(), text.to_owned());
        elsewhere(move || schema.0.fits(&text)).await
    }
}

/// Works on a thread on which nothing else waits.
async fn elsewhere<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    let broken = |_| Refusal::Other { why: "ai: the check against the schema broke off; please report it".to_owned() };
    tokio::task::spawn_blocking(work).await.map_err(broken)
}

fn compile(text: &str) -> Result<Schema, String> {
    let schema: Value = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
    let mut size = Size::default();
    size.add(&schema, 1)?;
    // Formats are left alone, as the present dialect has it: one of them compiles what the model wrote.
    let options = jsonschema::options().should_validate_formats(false).offline();
    let options = options.with_pattern_options(PatternOptions::regex().size_limit(PATTERN_BYTES));
    let validator = options.build(&schema).map_err(|error| format!("it is no JSON Schema: {error}"))?;
    Ok(Schema(Arc::new(Checked { validator, values: size.values })))
}

/// What a schema has, as far as it was looked at.
#[derive(Default)]
struct Size {
    values: usize,
    patterns: usize,
}

impl Size {
    fn add(&mut self, value: &Value, depth: usize) -> Result<(), String> {
        self.values += 1;
        if self.values > VALUES {
            return Err(format!("more than {VALUES} values; make it smaller"));
        }
        if depth > DEPTH {
            return Err(format!("more than {DEPTH} levels deep; make it flatter"));
        }
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| self.add(item, depth + 1)),
            Value::Object(members) => members.iter().try_for_each(|(key, member)| {
                if let Some((name, instead)) = NOT_TAKEN.iter().find(|(name, _)| name == key) {
                    return Err(format!("`{name}` is not taken; {instead}"));
                }
                self.patterns += match (key.as_str(), member) {
                    ("pattern", Value::String(_)) => 1,
                    ("patternProperties", Value::Object(patterns)) => patterns.len(),
                    _ => 0,
                };
                if self.patterns > PATTERNS {
                    return Err(format!("more than {PATTERNS} patterns; use `enum`, or check the answer yourself"));
                }
                self.add(member, depth + 1)
            }),
            _ => Ok(()),
        }
    }
}

impl Checked {
    fn fits(&self, text: &str) -> Result<String, String> {
        let bare = bare(text);
        if bare.len() > ANSWER_BYTES {
            return Err(format!("it is longer than {ANSWER_BYTES} bytes"));
        }
        let json: Value = serde_json::from_str(bare).map_err(|error| format!("it is no JSON: {error}"))?;
        let most = ANSWER_VALUES.min(STEPS / self.values);
        if values(&json) > most {
            return Err(format!("it has more than {most} values, which is too much for this schema"));
        }
        match self.validator.validate(&json) {
            Ok(()) => Ok(bare.to_owned()),
            // Where, and not what: the words may be a customer's.
            Err(error) => Err(format!("{} at {}", error.masked(), error.instance_path())),
        }
    }
}

fn values(json: &Value) -> usize {
    1 + match json {
        Value::Array(items) => items.iter().map(values).sum(),
        Value::Object(members) => members.values().map(values).sum(),
        _ => 0,
    }
}

/// What an answer says. Models like to wrap it up.
fn bare(text: &str) -> &str {
    let bare = text.trim();
    let bare = bare.strip_prefix("```json").or_else(|| bare.strip_prefix("```")).unwrap_or(bare);
    bare.strip_suffix("```").unwrap_or(bare).trim()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    async fn refused(schema: &Value) -> String {
        let Err(refusal) = Schema::read(&schema.to_string()).await else { panic!("taken: {schema}") };
        assert_eq!(refusal.code(), "invalid");
        refusal.to_string()
    }

    /// Each definition refers to the next one twice: 2^100 steps for any answer.
    fn doubling() -> Value {
        let next = |n: usize| json!({ "$ref": format!("#/$defs/d{}", n + 1) });
        let define = |n: usize| (format!("d{n}"), json!({ "allOf": [next(n), next(n)] }));
        let mut defs: serde_json::Map<_, _> = (0..100).map(define).collect();
        defs.insert("d100".into(), json!(true));
        json!({ "$defs": defs, "$ref": "#/$defs/d0" })
    }

    #[tokio::test]
    async fn a_schema_that_would_take_for_ever_is_refused_and_the_words_say_what_is_not_taken() {
        let doubling = doubling();
        assert!(doubling.to_string().len() <= 8 << 10, "a flow may bring it");
        assert!(refused(&doubling).await.contains("`$ref` is not taken; write the schema out"));
        for name in ["$dynamicRef", "$recursiveRef", "unevaluatedProperties"] {
            let why = refused(&json!({ "properties": { "a": { name: "#" } } })).await;
            assert!(why.contains(&format!("`{name}` is not taken")), "{why}");
        }
        let deep = (0..DEPTH).fold(json!(true), |inner, _| json!({ "not": inner }));
        assert!(refused(&deep).await.contains("32 levels"));
        let wide: Vec<usize> = (0..VALUES).collect();
        assert!(refused(&json!({ "enum": wide })).await.contains("1000 values"));
        let patterns: serde_json::Map<_, _> = (0..=PATTERNS).map(|n| (format!("^{n}"), json!(true))).collect();
        assert!(refused(&json!({ "patternProperties": patterns })).await.contains("8 patterns"));
        let why = refused(&json!({ "pattern": "((a{100}){100}){100}" })).await;
        assert!(why.contains("no JSON Schema"), "{why}");
        assert!(!refused(&json!({ "$schema": "file:///etc/hostname" })).await.is_empty());
    }

    #[tokio::test]
    async fn an_answer_is_checked_only_as_far_as_that_takes_no_time() {
        let schema = Schema::read(r#"{"items":{"pattern":"^(a|aa)+$"}}"#).await.unwrap();
        assert_eq!(schema.fits("```\n[\"aaa\"]```").await.unwrap().unwrap(), r#"["aaa"]"#);
        let list = |items: usize| serde_json::to_string(&vec!["aa"; items]).unwrap();
        assert!(schema.fits(&list(4_000)).await.unwrap().is_ok());
        assert!(schema.fits(&list(4_096)).await.unwrap().unwrap_err().contains("4096 values"));
        let long = format!("[\"{}b\"]", "a".repeat(ANSWER_BYTES));
        assert!(schema.fits(&long).await.unwrap().unwrap_err().contains("32768 bytes"));
        // Each value of a large schema looks at each value of the answer.
        let enums: Vec<usize> = (0..900).collect();
        let schema = Schema::read(&json!({ "items": { "enum": enums } }).to_string()).await.unwrap();
        assert!(schema.fits("[1,2,3]").await.unwrap().is_ok());
        let many = serde_json::to_string(&vec![1; 300]).unwrap();
        assert!(schema.fits(&many).await.unwrap().unwrap_err().contains("too much for this schema"));
    }
}
