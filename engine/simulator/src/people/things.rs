//! What customers send besides text.

use ponte_model::MessageId;
use serde_json::{Value, json};

use super::Customer;
use crate::webhooks::bodies;

/// A media object, which nobody here downloads.
fn media(mime: &str) -> Value {
    json!({"id": "1003383421387256", "mime_type": mime, "sha256": "SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI="})
}

impl Customer {
    /// Sends a picture.
    pub async fn shows(&self, caption: &str) -> MessageId {
        let mut image = media("image/jpeg");
        if !caption.is_empty() {
            image["caption"] = json!(caption);
        }
        self.sends(json!({"type": "image", "image": image})).await
    }

    /// Sends a voice note.
    pub async fn speaks(&self) -> MessageId {
        let mut audio = media("audio/ogg; codecs=opus");
        audio["voice"] = json!(true);
        self.sends(json!({"type": "audio", "audio": audio})).await
    }

    /// Sends a sticker.
    pub async fn sticks(&self) -> MessageId {
        let mut sticker = media("image/webp");
        sticker["animated"] = json!(false);
        self.sends(json!({"type": "sticker", "sticker": sticker})).await
    }

    /// Says where they are.
    pub async fn is_at(&self, name: &str) -> MessageId {
        let mut location = json!({"latitude": -23.5489, "longitude": -46.6388});
        if !name.is_empty() {
            location["name"] = json!(name);
        }
        self.sends(json!({"type": "location", "location": location})).await
    }

    /// Sends something that Meta does not pass on; 131060 is what the first message from an ad may come as, 131051 any
    /// other.
    pub async fn sends_something(&self, code: i64) -> MessageId {
        let error = bodies::error(code, "Message type is currently not supported.");
        self.sends(json!({"type": "unsupported", "unsupported": {"type": "unknown"}, "errors": [error]})).await
    }

    /// Writes from an ad that leads to the chat.
    pub async fn comes_by_ad(&self, text: &str, headline: &str) -> MessageId {
        let referral = json!({"source_url": "https://fb.me/1", "source_id": "120200", "source_type": "ad",
            "headline": headline, "body": "", "media_type": "image", "ctwa_clid": "ARAkLkA8rmlFeiCktEJQ"});
        self.sends(json!({"type": "text", "text": {"body": text}, "referral": referral})).await
    }
}
