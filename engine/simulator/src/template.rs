//! Message templates, as the account has them.

use serde_json::{Value, json};

use crate::ids;
use crate::rules::review;

/// A message template. Its places (`{{1}}` or `{{first_name}}`) say how many parameters it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Meta's id, in digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its language, with an underscore.
    pub language: String,
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    pub category: String,
    /// `APPROVED`, `PAUSED`, `DISABLED`, `PENDING`, `REJECTED` …
    pub status: String,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    pub quality: String,
    /// What stands above the text.
    pub header: Option<TemplateHeader>,
    /// The text.
    pub body: String,
    /// The small print.
    pub footer: Option<String>,
    /// What there is to tap.
    pub buttons: Vec<TemplateButton>,
}

/// What stands above a template's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateHeader {
    /// Words, with at most one place.
    Text(String),
    /// `image`, `video`, `document` or `location`, given with each message.
    Media(String),
}

/// A template's button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateButton {
    /// Brings back its payload.
    QuickReply(String),
    /// Opens a page; may end in one place.
    Url {
        /// The label.
        label: String,
        /// The address.
        url: String,
    },
    /// Copies a coupon code.
    CopyCode(String),
}

impl TemplateButton {
    /// The word for it in a message's `sub_type`.
    pub(crate) fn sub_type(&self) -> &'static str {
        match self {
            Self::QuickReply(_) => "quick_reply",
            Self::Url { .. } => "url",
            Self::CopyCode(_) => "copy_code",
        }
    }

    pub(crate) fn label(&self) -> &str {
        match self {
            Self::QuickReply(label) | Self::CopyCode(label) | Self::Url { label, .. } => label,
        }
    }

    /// How many parameters it must be given. A quick reply may have one (its payload) and need not.
    pub(crate) fn required(&self) -> usize {
        match self {
            Self::QuickReply(_) => 0,
            Self::Url { url, .. } => places(url).len(),
            Self::CopyCode(_) => 1,
        }
    }
}

impl Template {
    /// An approved template that is only text.
    pub fn approved(
        name: impl Into<String>,
        language: impl Into<String>,
        category: impl Into<String>,
        body: impl Into<String>,
    ) -> Self {
        let (name, language) = (name.into(), language.into());
        Self {
            id: ids::numeric_id(&["template", &name, &language]),
            name,
            language,
            category: category.into(),
            status: "APPROVED".to_owned(),
            quality: "UNKNOWN".to_owned(),
            header: None,
            body: body.into(),
            footer: None,
            buttons: Vec::new(),
        }
    }

    /// The template that a request to create one describes, as if its review had gone well. For demos and tests.
    ///
    /// # Errors
    /// Why it would not even be taken for review.
    pub fn reviewed(request: &Value) -> Result<Self, String> {
        let submitted = review::submitted(&[], request).map_err(|broken| broken.details)?;
        Ok(submitted.status("APPROVED"))
    }

    /// Sets the status.
    #[must_use]
    pub fn status(mut self, status: impl Into<String>) -> Self {
        self.status = status.into();
        self
    }

    /// Sets the header.
    #[must_use]
    pub fn header(mut self, header: TemplateHeader) -> Self {
        self.header = Some(header);
        self
    }

    /// Adds a button.
    #[must_use]
    pub fn button(mut self, button: TemplateButton) -> Self {
        self.buttons.push(button);
        self
    }

    /// Whether its places have names instead of numbers.
    pub(crate) fn is_named(&self) -> bool {
        places(&self.body).iter().any(|place| place.parse::<u32>().is_err())
    }

    /// As `GET /{waba}/message_templates` lists it.
    pub(crate) fn listed(&self) -> Value {
        let named = self.is_named();
        let mut components = Vec::new();
        match &self.header {
            Some(TemplateHeader::Text(text)) => {
                components.push(json!({"type": "HEADER", "format": "TEXT", "text": text}));
            }
            Some(TemplateHeader::Media(kind)) => components.push(json!({
                "type": "HEADER", "format": kind.to_uppercase(),
                "example": {"header_handle": ["https://scontent.whatsapp.net/v/sample"]},
            })),
            None => {}
        }
        let mut body = json!({"type": "BODY", "text": self.body});
        let places = places(&self.body);
        if named {
            let examples: Vec<_> = places.iter().map(|p| json!({"param_name": p, "example": "Ana"})).collect();
            body["example"] = json!({"body_text_named_params": examples});
        } else if !places.is_empty() {
            body["example"] = json!({"body_text": [vec!["Ana"; places.len()]]});
        }
        components.push(body);
        components.extend(self.footer.iter().map(|text| json!({"type": "FOOTER", "text": text})));
        if !self.buttons.is_empty() {
            let buttons: Vec<_> = self.buttons.iter().map(listed_button).collect();
            components.push(json!({"type": "BUTTONS", "buttons": buttons}));
        }
        json!({
            "name": self.name, "parameter_format": if named { "NAMED" } else { "POSITIONAL" },
            "components": components, "language": self.language, "status": self.status,
            "category": self.category, "id": self.id,
        })
    }
}

fn listed_button(button: &TemplateButton) -> Value {
    match button {
        TemplateButton::QuickReply(text) => json!({"type": "QUICK_REPLY", "text": text}),
        TemplateButton::Url { label, url } => json!({"type": "URL", "text": label, "url": url}),
        TemplateButton::CopyCode(text) => json!({"type": "COPY_CODE", "text": text, "example": ["25OFF"]}),
    }
}

/// The names of the places in a text, each once, in order.
pub(crate) fn places(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else { break };
        if !found.contains(&name.trim()) {
            found.push(name.trim());
        }
        rest = tail;
    }
    found
}

/// The text with every place filled in by `value`.
pub(crate) fn fill(text: &str, mut value: impl FnMut(&str) -> String) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else { break };
        filled.push_str(before);
        filled.push_str(&value(name.trim()));
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_once_and_filled_everywhere() {
        assert_eq!(places("Oi {{1}}, pedido {{2}} de {{1}}"), ["1", "2"]);
        assert_eq!(places("chaves {{ soltas"), Vec::<&str>::new());
        assert_eq!(fill("Oi {{ nome }}! {{x", |name| name.to_uppercase()), "Oi NOME! {{x");
    }
}
