//! Small messages to start from.

use ponte_model::MediaKind;
use ponte_model::send::*;

pub(crate) fn to_phone(payload: Payload) -> Outbound {
    Outbound { to: Recipient::Phone("16505551234".into()), reply_to: None, payload }
}

pub(crate) fn text(body: impl Into<String>) -> Payload {
    Payload::Text { body: body.into(), preview_url: None }
}

pub(crate) fn file(kind: MediaKind) -> OutboundMedia {
    OutboundMedia { kind, source: MediaSource::Id("1003383421387256".into()), caption: None, filename: None }
}

pub(crate) fn linked(kind: MediaKind, link: &str) -> OutboundMedia {
    OutboundMedia { source: MediaSource::Link(link.into()), ..file(kind) }
}

pub(crate) fn interactive(action: Action) -> Interactive {
    Interactive { header: None, body: Some("Body".into()), footer: None, action }
}

pub(crate) fn tap(action: Action) -> Payload {
    Payload::Interactive(Box::new(interactive(action)))
}

pub(crate) fn buttons(count: usize) -> Action {
    let button = |i| Button { id: format!("id {i}"), title: format!("Title {i}") };
    Action::Buttons { buttons: (0..count).map(button).collect() }
}

pub(crate) fn row(id: impl Into<String>) -> Row {
    Row { id: id.into(), title: "Row".into(), description: None }
}

pub(crate) fn rows(count: usize) -> Vec<Row> {
    (0..count).map(|i| row(format!("r{i}"))).collect()
}

pub(crate) fn list(sections: Vec<Section>) -> Action {
    Action::List { button: "Options".into(), sections }
}

/// Sections with one row each.
pub(crate) fn sections(count: usize) -> Vec<Section> {
    (0..count).map(|i| Section { title: Some(format!("Section {i}")), rows: vec![row(format!("r{i}"))] }).collect()
}

pub(crate) fn form() -> Form {
    Form {
        form: FormRef::Id("1".into()),
        label: "Book".into(),
        token: None,
        mode: None,
        flow_action: None,
        flow_action_payload: None,
    }
}

pub(crate) fn url_card() -> Card {
    Card::OpenUrl {
        header: linked(MediaKind::Image, "https://example.com/a.jpg"),
        body: Some("A card".into()),
        label: "See".into(),
        url: "https://example.com/a".into(),
    }
}

pub(crate) fn product_cards(count: usize) -> Action {
    let card = |i| Card::Product { catalog_id: "77".into(), product: format!("sku-{i}") };
    Action::Carousel { cards: (0..count).map(card).collect() }
}

pub(crate) fn products(sections: Vec<ProductSection>) -> Payload {
    let action = Action::Products { catalog_id: "77".into(), sections };
    Payload::Interactive(Box::new(Interactive { header: Some(Header::Text("Shop".into())), ..interactive(action) }))
}

pub(crate) fn template(components: Vec<TemplateComponent>) -> Payload {
    Payload::Template(Template { name: "order_update".into(), language: "pt_BR".into(), components })
}

pub(crate) fn body(values: Vec<ParameterValue>) -> TemplateComponent {
    TemplateComponent::Body { parameters: values.into_iter().map(unnamed).collect() }
}

pub(crate) fn button(sub_type: &str, index: u8, values: Vec<ParameterValue>) -> TemplateComponent {
    TemplateComponent::Button {
        sub_type: sub_type.into(),
        index,
        parameters: values.into_iter().map(unnamed).collect(),
    }
}

pub(crate) fn unnamed(value: ParameterValue) -> Parameter {
    Parameter { name: None, value }
}

pub(crate) fn words(text: impl Into<String>) -> ParameterValue {
    ParameterValue::Text(text.into())
}
