//! Templates as they are registered with the platform: what a message that uses one must bring.
//!
//! The message itself, a template filled in, is [`crate::send::Template`].

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::WabaId;

/// A word of the platform's that may get new values: what is not known is kept as it came.
macro_rules! open_word {
    ($(#[$doc:meta])* $name:ident { $($(#[$case_doc:meta])* $case:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum $name {
            $($(#[$case_doc])* $case,)+
            /// A word that this version does not know, in capitals.
            Other(String),
        }

        impl $name {
            /// The platform's word, in capitals.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$case => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word.to_ascii_uppercase().as_str() {
                    $($word => Self::$case,)+
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                Self::from(word.as_str())
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self {
                word.as_str().to_owned()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

open_word! {
    /// What a template is for; decides its price and who may get it. (Meta: template categorization.)
    Category {
        /// Everything that sells, and everything unclear.
        Marketing = "MARKETING",
        /// About something that the customer did or asked for.
        Utility = "UTILITY",
        /// A one-time code.
        Authentication = "AUTHENTICATION",
    }
}

open_word! {
    /// Where a template stands with the platform. Only [`Status::Approved`] may be sent. (Meta: template quality;
    /// message_template_status_update.)
    Status {
        /// May be sent.
        Approved = "APPROVED",
        /// Under review.
        Pending = "PENDING",
        /// Refused by the review.
        Rejected = "REJECTED",
        /// Stopped for hours after bad feedback.
        Paused = "PAUSED",
        /// Stopped for good after bad feedback.
        Disabled = "DISABLED",
        /// Refused, and the business objected.
        InAppeal = "IN_APPEAL",
        /// About to be deleted.
        PendingDeletion = "PENDING_DELETION",
        /// Gone.
        Deleted = "DELETED",
        /// Not used for long; deleted after 28 days unless it is taken back.
        Archived = "ARCHIVED",
        /// The account has too many templates.
        LimitExceeded = "LIMIT_EXCEEDED",
    }
}

open_word! {
    /// How customers take it. (Meta: template quality.)
    Quality {
        /// Well.
        Green = "GREEN",
        /// With complaints.
        Yellow = "YELLOW",
        /// Badly: it may be paused soon.
        Red = "RED",
        /// Not enough is known.
        Unknown = "UNKNOWN",
    }
}

open_word! {
    /// How the places in a template's texts are called.
    ParameterFormat {
        /// `{{1}}`, `{{2}}` …
        Positional = "POSITIONAL",
        /// `{{first_name}}` …
        Named = "NAMED",
    }
}

/// What a business submits: a template without what the platform says about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// Its name, unique per language in an account.
    pub name: String,
    /// Its language, with an underscore: `pt_BR`.
    pub language: String,
    /// What it is for.
    pub category: Category,
    /// How its places are called.
    pub format: ParameterFormat,
    /// Its parts.
    pub components: Vec<Component>,
    /// How long the platform tries to deliver it, in seconds; -1 for 30 days. (Meta: time-to-live.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_secs: Option<i64>,
}

/// A template that the platform knows, and what it says about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registered {
    /// The account it belongs to.
    pub waba: WabaId,
    /// Meta's id, in digits: exceeds what a double can hold.
    pub id: String,
    /// What it says.
    #[serde(flatten)]
    pub definition: Definition,
    /// Where it stands.
    pub status: Status,
    /// How customers take it.
    pub quality: Quality,
    /// The category it had before the platform changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_category: Option<Category>,
    /// The category that the platform thinks right, and will give it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correct_category: Option<Category>,
    /// Why it was rejected, paused or disabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "snake_case")]
pub enum Component {
    /// What stands above the text.
    Header(Header),
    /// The text. Authentication templates have the platform's wording, and none of their own.
    Body(Text),
    /// The small print.
    Footer {
        /// The words; authentication templates have none of their own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// After how many minutes a one-time code is no longer good.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code_expiration_minutes: Option<i64>,
    },
    /// What there is to tap.
    Buttons {
        /// The buttons, in order.
        buttons: Vec<Button>,
    },
    /// An offer with an end.
    LimitedTimeOffer {
        /// The words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// Whether a message says when it ends.
        has_expiration: bool,
    },
    /// Cards side by side; each has components of its own.
    Carousel {
        /// The cards.
        cards: Vec<Vec<Component>>,
    },
    /// A part that this version does not know.
    Other {
        /// The platform's word for it, in capitals.
        name: String,
        /// The part as it came.
        json: Value,
    },
}

impl Component {
    /// The word for it in messages about a template.
    pub fn word(&self) -> &str {
        match self {
            Self::Header(_) => "header",
            Self::Body(_) => "body",
            Self::Footer { .. } => "footer",
            Self::Buttons { .. } => "buttons",
            Self::LimitedTimeOffer { .. } => "limited_time_offer",
            Self::Carousel { .. } => "carousel",
            Self::Other { name, .. } => name,
        }
    }
}

/// Words with places to fill in, and an example for each place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Text {
    /// The words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How many places have an example.
    #[serde(default)]
    pub examples: usize,
}

/// What stands above a template's text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "format", rename_all = "snake_case")]
pub enum Header {
    /// Words.
    Text(Text),
    /// A file, brought by each message.
    Media {
        /// What kind of file.
        kind: HeaderKind,
        /// Whether a sample was given for the review.
        sample: bool,
    },
    /// A place, brought by each message.
    Location,
    /// A header that this version does not know.
    Other {
        /// The platform's word for it, in capitals.
        name: String,
    },
}

/// What kind of file stands above a template's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeaderKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Any other file.
    Document,
}

/// A button of a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Button {
    /// The label, where it is the business's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What it does.
    #[serde(flatten)]
    pub action: ButtonAction,
}

/// What a button of a template does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "button", rename_all = "snake_case")]
pub enum ButtonAction {
    /// Comes back as a message.
    QuickReply,
    /// Opens a page, whose address may end in a place to fill in.
    Url {
        /// The address.
        url: String,
        /// Whether an example was given.
        example: bool,
    },
    /// Calls a phone.
    Phone {
        /// Its number.
        number: String,
    },
    /// Copies a coupon.
    CopyCode {
        /// The example coupon.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        example: Option<String>,
    },
    /// Hands over a one-time code.
    Otp {
        /// `COPY_CODE`, `ONE_TAP` or `ZERO_TAP`.
        kind: String,
    },
    /// Opens a WhatsApp Flow (a form).
    Flow,
    /// Opens the catalogue.
    Catalog,
    /// Opens a list of products.
    Products,
    /// Calls the business in WhatsApp.
    VoiceCall,
    /// A button that this version does not know.
    Other {
        /// The platform's word for it, in capitals.
        name: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_in_any_case_and_unknown_ones_are_kept() {
        assert_eq!(Status::from("approved"), Status::Approved);
        assert_eq!(Category::from("Service_Note").as_str(), "SERVICE_NOTE");
        let json = serde_json::to_string(&Quality::Other("PURPLE".into())).unwrap();
        assert_eq!(serde_json::from_str::<Quality>(&json).unwrap(), Quality::Other("PURPLE".into()));
    }

    #[test]
    fn a_registered_template_survives_being_written_and_read() {
        let text = |text: &str, examples| Text { text: Some(text.into()), examples };
        let button = |label: &str, action| Button { text: Some(label.into()), action };
        let card = vec![
            Component::Header(Header::Media { kind: HeaderKind::Image, sample: true }),
            Component::Body(text("Só {{1}} hoje", 1)),
        ];
        let registered = Registered {
            waba: "1".into(),
            id: "18446744073709551615".into(),
            definition: Definition {
                name: "order".into(),
                language: "pt_BR".into(),
                category: Category::Utility,
                format: ParameterFormat::Positional,
                components: vec![
                    Component::Header(Header::Text(text("Oi {{1}}", 1))),
                    Component::Body(text("Pedido {{1}} pronto", 1)),
                    Component::Footer { text: Some("Loja".into()), code_expiration_minutes: None },
                    Component::Buttons {
                        buttons: vec![
                            button("Ver", ButtonAction::Url { url: "https://x/{{1}}".into(), example: true }),
                            button("Sair", ButtonAction::QuickReply),
                            Button { text: None, action: ButtonAction::Other { name: "REMINDER".into() } },
                        ],
                    },
                    Component::Carousel { cards: vec![card.clone(), card] },
                    Component::Other { name: "CALL_PERMISSION_REQUEST".into(), json: serde_json::json!({"a": 1}) },
                ],
                ttl_secs: Some(-1),
            },
            status: Status::Approved,
            quality: Quality::Green,
            previous_category: None,
            correct_category: Some(Category::Marketing),
            reason: None,
        };
        let json = serde_json::to_value(&registered).unwrap();
        assert_eq!(json["name"], "order");
        assert_eq!(serde_json::from_value::<Registered>(json).unwrap(), registered);
    }
}
