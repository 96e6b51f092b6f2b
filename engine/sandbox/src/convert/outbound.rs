use ponte_model::send::{
    Action, Button, Interactive, MediaSource, OutboundMedia, Parameter, ParameterValue, Payload, Row, Section,
    Template, TemplateComponent,
};
use ponte_model::{Location, MediaKind, Refusal};

use crate::bindings::ponte::flow::{send as wit, types};

/// A file by its id, or by its address where there is one.
pub(crate) fn file(media: types::Media, link: Option<String>) -> Payload {
    let kind = match media.kind {
        types::MediaKind::Image => MediaKind::Image,
        types::MediaKind::Audio => MediaKind::Audio,
        types::MediaKind::Voice => MediaKind::Voice,
        types::MediaKind::Video => MediaKind::Video,
        types::MediaKind::Document => MediaKind::Document,
        types::MediaKind::Sticker => MediaKind::Sticker,
    };
    let source = link.map_or(MediaSource::Id(media.id), MediaSource::Link);
    Payload::Media(OutboundMedia { kind, source, caption: media.caption, filename: media.filename })
}

/// A place. JSON has no infinities, so neither have places.
pub(crate) fn place(place: types::Location) -> Result<Payload, Refusal> {
    if !place.latitude.is_finite() || !place.longitude.is_finite() {
        return Err(Refusal::invalid("where", "latitude and longitude are degrees; this is not a number"));
    }
    Ok(Payload::Location(Location {
        latitude: place.latitude,
        longitude: place.longitude,
        name: place.name,
        address: place.address,
        url: None,
    }))
}

/// Text with buttons.
pub(crate) fn buttons(body: String, choices: Vec<types::Choice>) -> Payload {
    let buttons = choices.into_iter().map(|choice| Button { id: choice.id, title: choice.title }).collect();
    interactive(body, Action::Buttons { buttons })
}

/// Text with a list.
pub(crate) fn options(body: String, button: String, sections: Vec<wit::Section>) -> Payload {
    let row = |row: wit::Row| Row { id: row.id, title: row.title, description: row.description };
    let section =
        |section: wit::Section| Section { title: section.title, rows: section.rows.into_iter().map(row).collect() };
    interactive(body, Action::List { button, sections: sections.into_iter().map(section).collect() })
}

fn interactive(body: String, action: Action) -> Payload {
    Payload::Interactive(Box::new(Interactive { header: None, body: Some(body), footer: None, action }))
}

/// A template whose body is filled in.
pub(crate) fn template(name: String, language: String, params: Vec<wit::Param>) -> Payload {
    let parameter = |param: wit::Param| Parameter { name: param.name, value: ParameterValue::Text(param.value) };
    let parameters: Vec<_> = params.into_iter().map(parameter).collect();
    let components = if parameters.is_empty() { Vec::new() } else { vec![TemplateComponent::Body { parameters }] };
    Payload::Template(Template { name, language, components })
}

/// Any payload, as JSON.
pub(crate) fn payload(json: &str) -> Result<Payload, Refusal> {
    serde_json::from_str(json).map_err(|error| Refusal::invalid("json", error.to_string()))
}
