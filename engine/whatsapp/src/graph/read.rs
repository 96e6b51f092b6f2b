use ponte_model::NumberId;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::GraphClient;
use super::error::SendError;

/// What Meta knows of a business number. Every part may be missing. (Meta: phone numbers; health status.)
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct NumberInfo {
    /// The number as people write it.
    pub display_phone_number: Option<String>,
    /// The name that customers see.
    pub verified_name: Option<String>,
    /// `CONNECTED`, `DISCONNECTED` …; open.
    pub status: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    pub quality_rating: Option<String>,
    /// `CLOUD_API` …; open.
    pub platform_type: Option<String>,
    /// Whether the number lives in the app too.
    pub is_on_biz_app: Option<bool>,
    /// How fast it may send: `STANDARD`, `HIGH`, `NOT_APPLICABLE`; open.
    #[serde(rename = "throughput", deserialize_with = "level")]
    pub throughput_level: Option<String>,
    /// How many people a day the portfolio may write to outside the window: `TIER_250` … `TIER_UNLIMITED`, or a count.
    #[serde(rename = "whatsapp_business_manager_messaging_limit", deserialize_with = "limit")]
    pub messaging_limit: Option<String>,
    /// Whether it can send: `AVAILABLE`, `LIMITED`, `BLOCKED`.
    #[serde(rename = "health_status", deserialize_with = "can_send")]
    pub can_send: Option<String>,
}

/// Where a file that came can be fetched. (Meta: media.)
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MediaFile {
    /// Where, with the same token, for five minutes.
    pub url: String,
    /// Its MIME type.
    pub mime_type: Option<String>,
    /// Its SHA-256, as sent.
    pub sha256: Option<String>,
    /// Its size in bytes.
    #[serde(default, deserialize_with = "size")]
    pub file_size: Option<u64>,
}

const NUMBER_FIELDS: &str = "display_phone_number,verified_name,status,quality_rating,platform_type,is_on_biz_app,\
     throughput,whatsapp_business_manager_messaging_limit,health_status";

impl GraphClient {
    /// What Meta knows of a number.
    ///
    /// # Errors
    /// [`SendError`]. To ask twice does no harm, whatever the error.
    pub async fn get_number(&self, number: &NumberId, token: &SecretString) -> Result<NumberInfo, SendError> {
        self.get(token, number.as_str(), &[("fields", NUMBER_FIELDS)]).await?.json()
    }

    /// Where a file that came can be fetched. With `number`, Meta refuses if the file came to another one.
    ///
    /// # Errors
    /// [`SendError`]. To ask twice does no harm, whatever the error.
    pub async fn media_url(
        &self,
        media_id: &str,
        number: Option<&NumberId>,
        token: &SecretString,
    ) -> Result<MediaFile, SendError> {
        let query: Vec<_> = number.map(|number| ("phone_number_id", number.as_str())).into_iter().collect();
        self.get(token, media_id, &query).await?.json()
    }
}

fn level<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    word(deserializer, "level")
}

fn can_send<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    word(deserializer, "can_send_message")
}

/// One word of an object.
fn word<'de, D: Deserializer<'de>>(deserializer: D, key: &str) -> Result<Option<String>, D::Error> {
    Ok(Value::deserialize(deserializer)?[key].as_str().map(str::to_owned))
}

/// A word in most versions, a number in some.
fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(word) => Some(word),
        Value::Number(count) => Some(count.to_string()),
        _ => None,
    })
}

/// Digits in quotes in Meta's example.
fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_u64().or_else(|| value.as_str()?.parse().ok()))
}
