//! Consent as it is written down: an append-only ledger of who agreed to what, and who took it back.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ContactId, Timestamp};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word in the store, in JSON and on the command line.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Reads [`Self::as_str`] back.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What a template is for, as far as consent cares. Source: Meta, template categorization (2026).
    Category {
        /// Whatever promotes; the rest, too, that is neither of the others.
        Marketing = "marketing",
        /// About something the person asked for or did, or essential to them.
        Utility = "utility",
        /// A one-time code.
        Authentication = "authentication",
    }
}

words! {
    /// What consent is given for, or withdrawn from.
    Purpose {
        /// Messages that promote.
        Marketing = "marketing",
        /// Messages about an order, an appointment …
        Utility = "utility",
        /// One-time codes.
        Authentication = "authentication",
        /// All of them.
        Any = "any",
    }
}

words! {
    /// What became of consent.
    Change {
        /// The person agreed.
        Given = "given",
        /// The person took it back, or asked to stop.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// How it was learnt.
    Source {
        /// The person wrote it in a chat.
        Chat = "chat",
        /// WhatsApp said so: the person used its own "stop" and "resume", or a send failed because of it.
        Platform = "platform",
        /// A list that the operator brought, with its own proof.
        Import = "import",
        /// Somebody on the command line.
        Operator = "operator",
        /// A flow asked, and the person answered.
        Flow = "flow",
    }
}

impl Purpose {
    /// Whether it speaks of messages of this category.
    pub fn covers(self, category: Category) -> bool {
        match self {
            Self::Any => true,
            Self::Marketing => category == Category::Marketing,
            Self::Utility => category == Category::Utility,
            Self::Authentication => category == Category::Authentication,
        }
    }
}

/// What somebody said about consent, without who it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// What makes it one: the same thing told twice has the same key and is written once.
    pub key: String,
    /// What for.
    pub purpose: Purpose,
    /// Given or withdrawn.
    pub change: Change,
    /// How it was learnt.
    pub source: Source,
    /// The words: what the person wrote, or what they agreed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Which version of the words that were shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When it was said.
    pub at: Timestamp,
}

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Who.
    pub contact: ContactId,
    /// What.
    #[serde(flatten)]
    pub statement: Statement,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_same_in_json_and_in_the_store() {
        for source in Source::ALL {
            assert_eq!(serde_json::to_value(source).unwrap(), source.as_str());
            assert_eq!(Source::parse(source.as_str()), Some(*source));
        }
        for purpose in Purpose::ALL {
            assert_eq!(serde_json::to_value(purpose).unwrap(), purpose.as_str());
        }
        assert!(Purpose::Any.covers(Category::Authentication) && !Purpose::Marketing.covers(Category::Utility));
    }
}
