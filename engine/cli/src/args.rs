//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use ponte_store::NumberMode;

pub(crate) use crate::commands::consent::args::Consent;

/// A host for WhatsApp automation on numbers that live on a phone and on the Cloud API at once.
///
/// Write a flow: `ponte new NAME --lang rust`, `ponte build`, `ponte check`. Try it without a Meta account: `ponte demo`.
/// With one: write a `ponte.toml` (see examples/ponte.toml), then `ponte number add`, `ponte flow install`, `ponte doctor`,
/// `ponte serve`.
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
    /// Make a folder with a flow that builds and runs: the beginning of yours.
    New(crate::commands::builder::New),
    /// Compile a flow's plugin, and check that it fits this host and its manifest.
    Build(crate::commands::builder::Build),
    /// Say everything that is wrong with a flow, and what could be better, without running it.
    Check(crate::commands::builder::Check),
    Test(crate::commands::test::Options),
    /// Look at what webhooks say.
    #[command(subcommand)]
    Events(Events),
    /// Install flows, list them, tell how they stand, pause them, remove them.
    #[command(subcommand)]
    Flow(Flow),
    /// Register business numbers, list them, tell how they stand, pause them.
    #[command(subcommand)]
    Number(Number),
    /// List message templates, check them before Meta does, submit them.
    #[command(subcommand)]
    Template(Template),
    /// Say who handles what: rules, stages, switches.
    #[command(subcommand)]
    Route(crate::commands::route::Route),
    /// Look at one conversation (why did it, or not, answer?), take it, give it back.
    #[command(subcommand)]
    Conversation(crate::commands::conversation::Conversation),
    /// Look at what flows did, see why, and run it again: as it was, or with another plugin.
    #[command(subcommand)]
    Run(crate::commands::run::Run),
    /// Turn a stored conversation into a scenario.
    #[command(subcommand)]
    Chat(crate::commands::chat::Chat),
    /// Look at what was sent, what waits, and what was not let out.
    #[command(subcommand)]
    Outbox(crate::commands::outbox::Outbox),
    /// Look at what flows asked of web services, what waits, and what was given up.
    #[command(subcommand)]
    Http(crate::commands::http::Http),
    /// Set, list and remove the keys and passwords that flows use and never see.
    #[command(subcommand)]
    Secret(crate::commands::secret::Secret),
    /// See what messages cost, and set what may be spent.
    #[command(subcommand)]
    Money(crate::commands::money::Command),
    /// Who agreed to what: show it, write it down, import lists, take people off everything.
    #[command(subcommand)]
    Consent(Consent),
    /// What the shop should know: flows that wait or are paused, templates that Meta stopped, budgets, quiet phones.
    Notices(crate::commands::notices::Notices),
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
    ///
    /// A package that brings message templates waits until Meta has approved them in the accounts of its numbers: those
    /// that an account lacks are submitted now (or by `ponte serve`, where that fails), and the flow goes live by itself on
    /// the approval. A template that an account has already with the same text is taken as it is.
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
        /// Lower is asked first; among equals, a flow for some people only (such as vip-handoff) before those for everybody.
        #[arg(long, default_value_t = 100)]
        priority: i64,
        /// Submit none of the package's templates: somebody else does. The flow waits for them all the same.
        #[arg(long)]
        no_submit: bool,
    },
    /// List what is installed, in the order in which it is asked, and what stops it.
    List {
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Tell how an installation stands: what it waits for, why it is paused, what to do.
    Show {
        /// The installation.
        name: String,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
        /// The language of what to do.
        #[arg(long, value_enum, default_value_t = Language::En)]
        language: Language,
    },
    /// Pause an installation until `ponte flow resume`. Events are routed as if it were not installed; its templates that
    /// wait to be sent wait on.
    Pause {
        /// The installation.
        name: String,
        /// Why, for `ponte flow show` and `ponte notices`.
        #[arg(long, default_value = "no reason given")]
        why: String,
    },
    /// Let an installation run again that was paused by `ponte flow pause`. What the host stopped for a template or a budget
    /// goes on by itself when the reason is gone.
    Resume {
        /// The installation.
        name: String,
        /// Agree to the category that Meta gave to its templates, and to its price.
        #[arg(long)]
        accept_category: bool,
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
        /// What its provider passes on, by the name of a profile: `meta` (everything), `zenvia-like` (no echoes, no
        /// history, no contacts), `unknown` (the most careful rules). Where answers from the phone are not passed on,
        /// flows leave customers to the person there for a while.
        #[arg(long, default_value = ponte_policy::profile::DEFAULT_PROFILE)]
        profile: String,
        /// For how many minutes, in business hours, where answers from the phone are not passed on [default: 15].
        #[arg(long, value_name = "MINUTES")]
        echo_blind_minutes: Option<u32>,
        /// The sector that answers on it, for routing rules: support, billing …
        #[arg(long, value_name = "NAME")]
        sector: Option<String>,
        /// The unit that it belongs to, for routing rules: a shop, a franchisee.
        #[arg(long, value_name = "NAME")]
        unit: Option<String>,
        /// The currency in which Meta bills the account, such as BRL; that of the rate cards, unless given.
        #[arg(long, value_name = "LETTERS")]
        currency: Option<String>,
        /// The account's time zone, such as America/Sao_Paulo: its days and months, and budgets, turn at midnight there.
        /// UTC, unless given.
        #[arg(long, value_name = "ZONE")]
        timezone: Option<String>,
        /// Whose it is.
        #[arg(long, default_value = "default")]
        tenant: String,
    },
    /// Change how much a registered number may send, or its sector or unit; everything else stays as it is.
    Set(crate::commands::number::Set),
    /// List the registered numbers, how they stand, and when their phones last gave a sign.
    List {
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Tell how a number stands: its link to the phone, what it may send, what its provider passes on, what to do next.
    Show {
        /// Meta's phone_number_id.
        id: String,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
        /// The language of what to do.
        #[arg(long, value_enum, default_value_t = Language::En)]
        language: Language,
    },
    /// Tell what changes for the people at the phone of a number: what of the app goes on, what ends, what automation sees.
    Changes {
        /// Meta's phone_number_id.
        id: String,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
        /// The language of the page.
        #[arg(long, value_enum, default_value_t = Language::En)]
        language: Language,
    },
    /// Send nothing from a number until `ponte number resume`. Messages wait, none is lost; events are recorded and
    /// flows run.
    Pause {
        /// Meta's phone_number_id.
        id: String,
        /// Why, for `ponte number show`.
        #[arg(long, default_value = "no reason given")]
        why: String,
    },
    /// Send again from a number that was paused, in the order in which messages were queued. What the platform locked
    /// or restricted stays so.
    Resume {
        /// Meta's phone_number_id.
        id: String,
    },
    /// Leave a number to the phone alone, or take it back: events are recorded, nothing is automated, queued messages
    /// wait.
    AppOnly {
        /// Meta's phone_number_id.
        id: String,
        /// Whether the phone alone speaks.
        #[arg(value_enum)]
        switch: Switch,
    },
    /// Say what the phone's part in a number's chats means: when they are given back to the flows, and which texts the app
    /// sends by itself. Without options, show it.
    Phone(crate::commands::number::phone::Phone),
}

/// On or off, of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Toggle {
    /// Yes.
    On,
    /// No.
    Off,
}

impl Toggle {
    pub(crate) fn is_on(self) -> bool {
        self == Self::On
    }
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    /// The phone alone speaks.
    On,
    /// Flows may speak.
    Off,
}

/// The languages of texts for people.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Language {
    /// Brazilian Portuguese.
    #[value(name = "pt-BR", alias = "pt-br", alias = "pt")]
    PtBr,
    /// Spanish.
    Es,
    /// English.
    En,
}

impl From<Language> for ponte_policy::words::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::PtBr => Self::PtBr,
            Language::Es => Self::Es,
            Language::En => Self::En,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Template {
    /// Read the templates of every account from Meta, now.
    ///
    /// `ponte serve` does so at its start and every six hours, and hears of changes by webhooks at once.
    Sync,
    /// List the templates with status, category and quality, the flows that bring them, and how much they are sent.
    List {
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Say what Meta would reject in a template, and what could be better.
    ///
    /// The file is what one would post to Meta's message_templates, such as examples/template.json. Exits 0 when there
    /// are no errors, 1 otherwise; advice alone is no error.
    Check {
        /// A file, or - for standard input.
        file: PathBuf,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Check a template, submit it for review, and list the account's templates anew.
    ///
    /// Nothing is submitted that has errors. Meta may give it another category than asked for, and then says so here.
    Submit {
        /// A file, or - for standard input.
        file: PathBuf,
        /// The account; the one there is, unless given.
        #[arg(long, value_name = "ID")]
        waba: Option<String>,
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

impl From<Mode> for ponte_policy::mode::Mode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Coexistence => Self::Coexistence,
            Mode::Api => Self::Api,
            Mode::App => Self::App,
        }
    }
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
