//! The command line of `ponte consent`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use ponte_model::consent::Purpose;

#[derive(Debug, Subcommand)]
pub(crate) enum Consent {
    /// Show where a person stands, and every line of the ledger that says why.
    Show {
        #[command(flatten)]
        who: Who,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Write down that a person agreed. Keep the proof: --text is what they agreed to, in the words that they saw.
    Give {
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        what: What,
        /// The words that they agreed to; the business's name must be among what they saw.
        #[arg(long, value_name = "WORDS")]
        text: String,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Write down that a person took it back, by letter or by phone. (What they write in a chat, Ponte hears itself.)
    Withdraw {
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        what: What,
        /// What they said.
        #[arg(long, value_name = "WORDS")]
        text: Option<String>,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Import a list of consents, each with its proof.
    ///
    /// A CSV file with a heading: `phone,purpose,at,text` and, if wished, `change` (given, which it is where it is left
    /// out, or withdrawn) and `version`. `at` is when it was said, such as 2026-10-05T14:30:00-03:00; `text` is what they
    /// agreed to. Every line is checked; if any is wrong, all that are wrong are named and nothing is imported. To import
    /// a file twice changes nothing.
    ///
    /// An address book or an imported chat history is no consent: it does not say what anybody agreed to.
    Import {
        /// The file.
        file: PathBuf,
        /// Whose contacts they are.
        #[arg(long, default_value = "default")]
        tenant: String,
        /// Check the file and write nothing.
        #[arg(long)]
        check: bool,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Let nothing automatic reach a person any more, whatever they agreed to. People may still write to them.
    Suppress {
        #[command(flatten)]
        who: Who,
        /// Why.
        #[arg(long, value_name = "WORDS")]
        reason: String,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Take that back: what they agreed to counts again.
    Unsuppress {
        #[command(flatten)]
        who: Who,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
}

/// A person.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// Their phone number with country code, or Ponte's id of them (con_…).
    pub(crate) who: String,
    /// Whose contact they are.
    #[arg(long, default_value = "default")]
    pub(crate) tenant: String,
}

/// What consent is about.
#[derive(Debug, Args)]
pub(crate) struct What {
    /// What for.
    #[arg(long = "for", value_enum, default_value_t = For::Marketing)]
    pub(crate) purpose: For,
    /// Which version of the words they saw.
    #[arg(long, value_name = "VERSION")]
    pub(crate) text_version: Option<String>,
}

/// What consent is for.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum For {
    /// Messages that promote.
    Marketing,
    /// Messages about an order, an appointment …
    Utility,
    /// One-time codes.
    Authentication,
    /// All of them.
    Any,
}

impl From<For> for Purpose {
    fn from(purpose: For) -> Self {
        match purpose {
            For::Marketing => Self::Marketing,
            For::Utility => Self::Utility,
            For::Authentication => Self::Authentication,
            For::Any => Self::Any,
        }
    }
}
