//! Templates are replaced by account, and what a webhook says is not undone by an older list.

mod common;

use common::{at, open};
use ponte_model::template::{Category, Component, Definition, ParameterFormat, Quality, Registered, Status, Text};
use ponte_store::{Store as _, TemplateBook};

fn template(waba: &str, name: &str, status: Status) -> Registered {
    Registered {
        waba: waba.into(),
        id: "18446744073709551615".into(),
        definition: Definition {
            name: name.into(),
            language: "pt_BR".into(),
            category: Category::Utility,
            format: ParameterFormat::Positional,
            components: vec![Component::Body(Text { text: Some("Olá \"{{1}}\"".into()), examples: 1 })],
            ttl_secs: None,
        },
        status,
        quality: Quality::Unknown,
        previous_category: None,
        correct_category: None,
        reason: None,
    }
}

fn book(waba: &str, read_at: i64, templates: impl Into<Vec<Registered>>) -> TemplateBook {
    TemplateBook { waba: waba.into(), read_at: at(read_at), templates: templates.into() }
}

#[tokio::test]
async fn a_list_replaces_the_templates_of_its_account_and_of_no_other() {
    let (_dir, store) = open().await;
    assert_eq!(store.templates(None).await.unwrap(), [], "nothing was listed");
    let version = store.registry_version().await.unwrap();
    let first = book("A", 1, [template("A", "a", Status::Approved), template("A", "b", Status::Pending)]);
    let other = book("B", 1, []);
    store.put_templates(&first).await.unwrap();
    store.put_templates(&other).await.unwrap();
    assert_eq!(store.templates(None).await.unwrap(), [first, other.clone()]);
    assert!(store.registry_version().await.unwrap() > version, "a running pipeline notices");

    let second = book("A", 2, [template("A", "b", Status::Approved)]);
    store.put_templates(&second).await.unwrap();
    assert_eq!(store.templates(Some(&"A".into())).await.unwrap(), std::slice::from_ref(&second));
    assert_eq!(store.templates(None).await.unwrap(), [second, other]);
}

#[tokio::test]
async fn what_a_webhook_says_outlives_a_list_that_was_asked_for_before_it() {
    let (_dir, store) = open().await;
    let listed = |read_at| book("A", read_at, [template("A", "a", Status::Approved)]);
    store.put_templates(&listed(1)).await.unwrap();
    store.put_template(&template("A", "a", Status::Paused), at(5)).await.unwrap();
    let status = async || store.templates(None).await.unwrap()[0].templates[0].status.clone();
    store.put_templates(&listed(4)).await.unwrap();
    assert_eq!(status().await, Status::Paused, "the list is older than the news");
    store.put_templates(&listed(6)).await.unwrap();
    assert_eq!(status().await, Status::Approved);
}
