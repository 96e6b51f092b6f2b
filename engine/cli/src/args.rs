//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use ponte_store::NumberMode;

pub(crate) use crate::commands::consent::args::Consent;

/// A host for WhatsApp automation on numbers that live on a phone and on the Cloud API at once.
///
/// Try it without a Meta account: `ponte demo`. With one: write a `ponte.toml` (see examples/ponte.toml), then
/// `ponte number add`, `ponte flow install`, `ponte doctor`, `ponte serve`.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub(crate) struct Args {
    /// The configuration file. Without it: `ponte.toml` here if there is one, else the PONTE_… environment alone.
    #[arg(long, short, global = true, env = "PONTE_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take webhooks, run flows, send replies.
    ///
    /// Webhooks at /webhooks/whatsapp, health at /livez and /readyz, Prometheus metrics at /metrics. Ends gracefully on
    /// Ctrl-C or SIGTERM: what is in hand is finished, the rest is taken up at the next start.
    Serve,
    /// Play the customer and the owner of the phone, against a simulated WhatsApp. Needs no Meta account.
    Demo(crate::demo::Options),
    /// Look at what webhooks say.
    #[command(subcommand)]
    Events(Events),
    /// Install flows, list them, remove them.
    #[command(subcommand)]
    Flow(Flow),
    /// Register business numbers, list them.
    #[command(subcommand)]
    Number(Number),
    /// Who agreed to what: show it, write it down, import lists, take people off everything.
    #[command(subcommand)]
    Consent(Consent),
    /// Check the configuration, the database, numbers and flows, and say what to do about what is wrong.
    Doctor,
    /// Compile a component; started by ponte itself, with limits of its own.
    #[command(hide = true)]
    CompileComponent,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Events {
    /// Print one normalized event per line, as JSON.
    ///
    /// The input is a webhook's body, or several of them, one after the other. A summary goes to standard error. Exits
    /// 0 when everything was decoded, 1 when something was not recognized or is not JSON.
    Decode {
        /// A file, or - for standard input.
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Flow {
    /// Install a flow package, or install it anew with other settings.
    Install {
        /// The folder with the package's flow.toml.
        package: PathBuf,
        /// The shop's settings, TOML or JSON; without it every setting takes its default.
        #[arg(long, value_name = "FILE")]
        settings: Option<PathBuf>,
        /// A number to run on (phone_number_id); may be given several times. Without it: every number of the tenant.
        #[arg(long = "number", value_name = "ID")]
        numbers: Vec<String>,
        /// Whose it is.
        #[arg(long, default_value = "default")]
        tenant: String,
        /// What to call the installation; the flow's name, unless given.
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Lower is asked first.
        #[arg(long, default_value_t = 100)]
        priority: i64,
    },
    /// List what is installed, in the order in which it is asked.
    List {
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Remove an installation, its state and its timers.
    Remove {
        /// The installation.
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Number {
    /// Register a business number, or change what is registered.
    Add {
        /// Meta's phone_number_id.
        id: String,
        /// The account it belongs to.
        #[arg(long, value_name = "ID")]
        waba: Option<String>,
        /// Its digits, with country code.
        #[arg(long, value_name = "DIGITS")]
        phone: Option<String>,
        /// Where it lives.
        #[arg(long, value_enum, default_value_t = Mode::Coexistence)]
        mode: Mode,
        /// Messages a second, inbound and outbound added. Meta's page says 20 for Coexistence and 80 for the API alone;
        /// 5 is what the most careful sources say.
        #[arg(long, default_value_t = ponte_policy::platform::DEFAULT_THROUGHPUT)]
        throughput: u32,
        /// Whose it is.
        #[arg(long, default_value = "default")]
        tenant: String,
    },
    /// List the registered numbers.
    List {
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
}

/// Where a number lives.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Mode {
    /// On the WhatsApp Business app and on the Cloud API at once.
    Coexistence,
    /// On the Cloud API only.
    Api,
    /// On the phone only: events are recorded, nothing is automated.
    App,
}

impl From<Mode> for NumberMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Coexistence => Self::Coexistence,
            Mode::Api => Self::Api,
            Mode::App => Self::App,
        }
    }
}
