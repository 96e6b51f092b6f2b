//! What shops write, and what they are told.

use std::fmt::Write;
use std::sync::LazyLock;

use ponte_flow::{PackageSnapshot, Settings};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::kit::{Package, lines};

fn package() -> PackageSnapshot {
    Package::good().open().unwrap_or_else(|error| panic!("{error:#}")).snapshot
}

#[test]
fn defaults_are_filled_in() {
    let text = r#"
        holidays = [2026-12-25, "12-24 09:00-12:00"]
        [[sectors]]
        id = "sales"
        title = "Vendas"
        [[sectors]]
        id = "help"
        title = "Suporte"
        to = "team"
        under = { id = "x", title = "y" }
    "#;
    let expected = json!({
        "timezone": "America/Sao_Paulo",
        "hours": "always",
        "holidays": ["2026-12-25", "12-24 09:00-12:00"],
        "tone": "friendly",
        "wait": { "hours": 12 },
        "sectors": [
            { "id": "sales", "title": "Vendas", "to": "app" },
            { "id": "help", "title": "Suporte", "to": "team", "under": { "id": "x", "title": "y", "to": "app" } }
        ]
    });
    let settings = package().check_settings("settings.toml", text).unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(settings.as_json(), &expected);
    let as_json = serde_json::to_string(&expected).unwrap();
    assert_eq!(package().check_settings("settings.json", &as_json).unwrap(), settings);

    let table = [
        ("tone", Some(json!("friendly"))),
        ("wait.hours", Some(json!(12))),
        ("sectors.1.title", Some(json!("Suporte"))),
        ("sectors.1.under.to", Some(json!("app"))),
        ("sectors.2", None),
        ("sectors.x", None),
        ("sectors.-1", None),
        ("tone.x", None),
        ("note", None),
        ("", None),
        (".", None),
    ];
    for (path, value) in table {
        assert_eq!(settings.get(path), value.as_ref(), "{path}");
    }
    let stored = serde_json::to_string(&settings).unwrap();
    assert_eq!(serde_json::from_str::<Settings>(&stored).unwrap(), settings);
}

const GOOD: &str = "sectors = [{ id = \"sales\", title = \"Vendas\" }]\n";

#[test]
fn what_is_wrong() {
    let table = [
        ("settings.toml", ""),
        ("settings.toml", "sectors = []"),
        ("settings.toml", "sectors = {}"),
        ("settings.toml", "zone = 'Europe/Madrid'\ntimezon = 1\nsectors = [{ id = 'a', title = 'b', titel = 'c' }]"),
        ("settings.toml", "\n[[sectors]]\nid = 'ok'\ntitle = 'ok'\n\n[[sectors]]\nid = 'Não'\nto = 'phone'\n"),
        (
            "settings.toml",
            "tone = 'frendly'\nhours = 9\nwait.hours = 0\nwait.note = 1.5\nsectors = [{ id = 'a', title = 'a title that goes on and on' }]",
        ),
        ("settings.toml", "hours = ['mon-fri 09:00-18:00, sat 09:00-13:00', 4]\nsectors = [{ id = 'a', title = 'b' }]"),
        (
            "settings.toml",
            "hours = ''\nsectors = [{ id = 'a', title = 'b', under = { id = 'a', title = 'b', under = { id = 'a' } } }]",
        ),
        ("settings.toml", "timezone = 'x\nhours = = 'y'\n"),
        ("settings.toml", "sectors = [{ id = 'a', title = 'b' }]\nwait = { hours = 1, until = 2 }\ntone = ''"),
        (
            "settings.json",
            "{\n  \"sectors\": [\n    { \"id\": \"A\", \"title\": \"b\" }\n  ],\n  \"tone\": null,\n  \"x\": 1\n}",
        ),
        ("settings.json", "{ \"sectors\": [ }"),
        ("settings.json", "[]"),
    ];
    let mut told = String::new();
    for (name, text) in table {
        let error = package().check_settings(name, text).expect_err(text);
        assert!(error.problems.iter().all(|problem| problem.line > 0), "{error:#}");
        writeln!(told, "## {name}\n{text}\n--\n{}\n", lines(&error.problems)).unwrap();
    }
    insta::assert_snapshot!(told);
}

#[test]
fn the_host_checks_more() {
    let extra = |settings: &Value| -> Vec<(String, String)> {
        let mut found = Vec::new();
        if settings["timezone"] == "Mars/Olympus" {
            found.push(("/timezone".to_owned(), "there is no such zone".to_owned()));
        }
        for (index, holiday) in settings["holidays"].as_array().into_iter().flatten().enumerate() {
            if holiday != "12-25" {
                found.push((format!("/holidays/{index}"), format!("{holiday} is no holiday")));
            }
        }
        found.push(("/hours/0".to_owned(), "cannot be read".to_owned()));
        found
    };
    let text = format!("timezone = 'Mars/Olympus'\nhours = 'x'\nholidays = [\n  '12-25',\n  'é',\n]\ntune = 1\n{GOOD}");
    let error = package().check_settings_with("settings.toml", &text, &extra).unwrap_err();
    let expected = "\
        settings.toml:1:12: there is no such zone\n\
        settings.toml:2:1: cannot be read\n\
        settings.toml:5:3: \"é\" is no holiday\n\
        settings.toml:7:1: `tune` is not known here; did you mean `tone`?";
    assert_eq!(lines(&error.problems), expected);
    // What has the wrong shape is said once.
    let text = format!("timezone = 'America/Sao_Paulo'\nhours = 7\n{GOOD}");
    let error = package().check_settings_with("settings.toml", &text, &extra).unwrap_err();
    assert_eq!(lines(&error.problems).matches("settings.toml").count(), 1, "{error:#}");
    // Defaults are checked too; they stand nowhere.
    let error = package().check_settings_with("settings.toml", GOOD, &extra).unwrap_err();
    assert_eq!(lines(&error.problems), "settings.toml:1:1: cannot be read");
}

proptest! {
    /// Settings that fit stay as they are when they are checked again; those that do not have a place.
    #[test]
    fn checking_twice_changes_nothing(tone in "formal|friendly|rude", hours in -1i64..80, title in "[a-zé]{0,24}", team: bool, empty: bool) {
        let to = if team { "team" } else { "app" };
        let text = format!("tone = '{tone}'\nwait.hours = {hours}\n[[sectors]]\nid = 'a'\ntitle = '{title}'\nto = '{to}'\n");
        let text = if empty { "sectors = []".to_owned() } else { text };
        let fits = !empty && tone != "rude" && (1..=72).contains(&hours) && title.chars().count() <= 20;
        static PACKAGE: LazyLock<PackageSnapshot> = LazyLock::new(package);
        let package = &*PACKAGE;
        match package.check_settings("settings.toml", &text) {
            Ok(settings) => {
                prop_assert!(fits);
                let again = serde_json::to_string(&settings).unwrap();
                prop_assert_eq!(package.check_settings("settings.json", &again).unwrap(), settings);
            }
            Err(error) => {
                prop_assert!(!fits);
                prop_assert!(error.problems.iter().all(|problem| problem.line > 0 && problem.column > 0));
            }
        }
    }
}
