//! What a customer sees.

use std::sync::Arc;

use ponte_model::{MessageId, NumberId, Timestamp};
use serde_json::Value;

/// Who wrote a message that a customer got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// The API.
    Api,
    /// A person in the WhatsApp Business app.
    App,
    /// The app by itself: greeting or away text.
    AppItself,
}

/// A message on a customer's phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its id.
    pub id: MessageId,
    /// The business number it came from.
    pub number: NumberId,
    /// When it was accepted.
    pub at: Timestamp,
    /// Who wrote it.
    pub by: Writer,
    /// Its type: `text`, `interactive`, `template` …
    pub kind: String,
    /// What the customer reads: the text, templates filled in, and a line for each thing to tap.
    pub text: String,
    /// The request, or the app's message, as it was written in JSON.
    pub raw: Arc<str>,
}

/// Something to tap on a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What the business hears.
    pub id: String,
    /// What the customer reads.
    pub title: String,
    /// Whether it is a row of a list, and not a button.
    pub row: bool,
}

impl Received {
    /// What it says, without what there is to tap.
    pub fn words(&self) -> String {
        let body = &self.json()["interactive"]["body"]["text"];
        body.as_str().map_or_else(|| self.text.clone(), str::to_owned)
    }

    /// What there is to tap: reply buttons, then rows of a list.
    pub fn choices(&self) -> Vec<Choice> {
        let action = &self.json()["interactive"]["action"];
        let elements = |list: &Value| list.as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let choice = |thing: &Value, row| Choice { id: text(&thing["id"]), title: text(&thing["title"]), row };
        let buttons = elements(&action["buttons"]).into_iter().map(|button| choice(&button["reply"], false));
        let rows = elements(&action["sections"]).into_iter().flat_map(|section| elements(&section["rows"]));
        buttons.chain(rows.map(|row| choice(&row, true))).collect()
    }

    /// The name of the template that this is, and the values it was filled with.
    pub fn template(&self) -> Option<(String, Vec<String>)> {
        let template = &self.json()["template"];
        let name = template["name"].as_str()?.to_owned();
        let elements = |list: &Value| list.as_array().cloned().unwrap_or_default();
        let values = elements(&template["components"]).into_iter().flat_map(|part| elements(&part["parameters"]));
        Some((name, values.filter_map(|value| value["text"].as_str().map(str::to_owned)).collect()))
    }

    /// The message as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.raw).unwrap_or_default()
    }

    /// Whether there is a button or a row with this id to tap.
    pub(crate) fn offers(&self, id: &str) -> bool {
        self.choices().iter().any(|choice| choice.id == id)
    }
}

/// What a person reads of a message in the platform's shape, be it a request, an inbound message or an echo.
pub(crate) fn rendered(kind: &str, message: &Value) -> String {
    let content = &message[kind];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match kind {
        "text" => text(&content["body"]),
        "image" | "video" | "document" | "audio" | "sticker" => labelled(kind, &text(&content["caption"])),
        "location" => labelled(kind, &text(&content["name"])),
        "reaction" => labelled(kind, &text(&content["emoji"])),
        "button" => text(&content["text"]),
        "contacts" => labelled(kind, &text(&content[0]["name"]["formatted_name"])),
        "interactive" => interactive(content),
        _ => labelled(kind, ""),
    }
}

fn labelled(kind: &str, words: &str) -> String {
    format!("[{kind}] {words}").trim_end().to_owned()
}

fn interactive(content: &Value) -> String {
    let kind = content["type"].as_str().unwrap_or_default();
    let mut lines = Vec::new();
    let line = |value: &Value| value.as_str().map(str::to_owned);
    // An answer has an object named after its type; a question has a body and something to tap.
    lines.extend(line(&content[kind]["title"]).or_else(|| line(&content[kind]["body"])));
    lines.extend(line(&content["header"]["text"]));
    lines.extend(line(&content["body"]["text"]));
    lines.extend(line(&content["footer"]["text"]));
    let action = &content["action"];
    let elements = |list: &Value| list.as_array().cloned().unwrap_or_default();
    let parameters = &action["parameters"];
    let labels = [&action["button"], &parameters["display_text"], &parameters["flow_cta"]];
    lines.extend(labels.into_iter().filter_map(line).map(|label| format!("[{label}]")));
    for button in elements(&action["buttons"]) {
        lines.extend(line(&button["reply"]["title"]).map(|title| format!("[{title}]")));
    }
    for section in elements(&action["sections"]) {
        for row in elements(&section["rows"]) {
            lines.extend(line(&row["title"]).map(|title| format!("- {title}")));
        }
    }
    if lines.is_empty() { labelled(kind, "") } else { lines.join("\n") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn people_read_words_and_buttons() {
        let table = [
            ("text", json!({"text": {"body": "oi"}}), "oi"),
            ("image", json!({"image": {"id": "1", "caption": "foto"}}), "[image] foto"),
            ("audio", json!({"audio": {"id": "1"}}), "[audio]"),
            ("button", json!({"button": {"payload": "x", "text": "Parar"}}), "Parar"),
            (
                "interactive",
                json!({"interactive": {"type": "button", "body": {"text": "Qual?"},
                    "action": {"buttons": [{"reply": {"id": "a", "title": "A"}}]}}}),
                "Qual?\n[A]",
            ),
            (
                "interactive",
                json!({"interactive": {"type": "list", "body": {"text": "Qual?"},
                    "action": {"button": "Ver", "sections": [{"rows": [{"id": "a", "title": "A"}]}]}}}),
                "Qual?\n[Ver]\n- A",
            ),
            ("interactive", json!({"interactive": {"type": "list_reply", "list_reply": {"title": "A"}}}), "A"),
            ("interactive", json!({"interactive": {"type": "location_request_message"}}), "[location_request_message]"),
        ];
        for (kind, message, expected) in table {
            assert_eq!(rendered(kind, &message), expected);
        }
    }
}
