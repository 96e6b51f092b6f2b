use proptest::prelude::*;
use serde_json::json;

use super::*;

/// What is marked at a pointer.
fn marked<'a>(document: &'a Document, pointer: &str, focus: Focus) -> &'a str {
    let place = &document.places[pointer];
    let span = match focus {
        Focus::Key => place.key.clone().unwrap(),
        Focus::Value => place.value.clone(),
    };
    &document.text[span]
}

#[test]
fn toml_knows_its_places() {
    let text = "a = 1\n[b]\n'c d' = [ 2026-12-25, { e = \"é\" } ]\n[[f]]\ng.h = true\n[[f]]\ng.h = 0x1F\n";
    let document = Document::parse("x.toml", text).unwrap();
    let expected = json!({
        "a": 1, "b": {"c d": ["2026-12-25", {"e": "é"}]}, "f": [{"g": {"h": true}}, {"g": {"h": 31}}]
    });
    assert_eq!(document.value, expected);
    assert_eq!(marked(&document, "/a", Focus::Value), "1");
    assert_eq!(marked(&document, "/b", Focus::Key), "b");
    assert_eq!(marked(&document, "/b", Focus::Value), "[b]");
    assert_eq!(marked(&document, "/b/c d", Focus::Key), "'c d'");
    assert_eq!(marked(&document, "/b/c d/0", Focus::Value), "2026-12-25");
    assert_eq!(marked(&document, "/b/c d/1/e", Focus::Value), "\"é\"");
    assert_eq!(marked(&document, "/f/1/g/h", Focus::Value), "0x1F");
    let missing = document.problem("/b/c d/7/x", Focus::Value, "no", None);
    assert_eq!((missing.line, missing.column), (3, 1));
    let nowhere = document.problem("/z", Focus::Value, "no", None);
    assert_eq!((nowhere.line, nowhere.column), (1, 1));
}

#[test]
fn json_knows_its_places() {
    let text = "{\n  \"a~/b\" : [1, -2.5e3 , {\"c\\\"\": \"}é]\"}],\"d\":{},\"e\":[],\n\"f\":null}";
    let document = Document::parse("x.JSON", text).unwrap();
    assert_eq!(marked(&document, "/a~0~1b", Focus::Key), "\"a~/b\"");
    assert_eq!(marked(&document, "/a~0~1b/1", Focus::Value), "-2.5e3");
    assert_eq!(marked(&document, "/a~0~1b/2/c\"", Focus::Key), "\"c\\\"\"");
    assert_eq!(marked(&document, "/a~0~1b/2/c\"", Focus::Value), "\"}é]\"");
    assert_eq!(marked(&document, "/d", Focus::Value), "{}");
    assert_eq!(marked(&document, "/e", Focus::Value), "[]");
    assert_eq!(marked(&document, "/f", Focus::Value), "null");
    assert_eq!(marked(&document, "", Focus::Value), text);
}

#[test]
fn all_that_is_malformed_is_said() {
    let table = [
        ("x.toml", "a = \nb = 1\nc = = 2\n", &["x.toml:1:5", "x.toml:3:5"][..]),
        ("x.toml", "a = 1\na = 2\n", &["x.toml:2:1"]),
        ("x.toml", "a = 99999999999999999999\n'é' = nan\n", &["x.toml:1:5", "x.toml:2:7"]),
        ("x.json", "{\n \"é\": tru }", &["x.json:2:10"]),
        ("x.json", "", &["x.json:1:1"]),
    ];
    for (name, text, places) in table {
        let problems = Document::parse(name, text).unwrap_err();
        let found: Vec<_> = problems.iter().map(|p| format!("{}:{}:{}", p.file, p.line, p.column)).collect();
        assert_eq!(found, places, "{text}: {problems:?}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z~/\"\\\\{},:é ]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[a-z~/\"\\\\é ]{0,4}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    /// What is marked is the value that the pointer points to.
    #[test]
    fn every_json_value_is_found_again(value in any_json(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let document = Document::parse("x.json", &text).unwrap();
        for (pointer, place) in &document.places {
            let there: Value = serde_json::from_str(&text[place.value.clone()]).unwrap();
            prop_assert_eq!(Some(&there), value.pointer(pointer));
        }
    }

    #[test]
    fn any_text_is_answered(name in "x\\.(json|toml)", text in "[a-z\\[\\]{}=\",:.'#é0-9 \n\\\\-]{0,40}") {
        match Document::parse(&name, &text) {
            Ok(document) => prop_assert!(document.value.is_object() || name == "x.json"),
            Err(problems) => prop_assert!(problems.iter().all(|problem| problem.line > 0)),
        }
    }
}
