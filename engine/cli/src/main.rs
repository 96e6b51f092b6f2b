//! The `ponte` binary.

mod args;
mod commands;
mod config;
mod consent_config;
mod demo;
mod groups;
mod hooks_config;
mod logging;
mod outside_config;
mod pace_config;
mod pipeline;
mod recordings_config;

use std::process::ExitCode;

use args::{Args, Command};
use config::Config;

fn main() -> ExitCode {
    let args = groups::parse();
    // A child that only compiles needs no runtime, no configuration and no log.
    if let Command::CompileComponent = args.command {
        return ponte_sandbox::compile_child_main();
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("ponte: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(args)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("ponte: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config = || Config::load(args.config.as_deref(), &|name| std::env::var(name).ok());
    match args.command {
        Command::Serve => commands::serve::run(&config()?).await,
        Command::Demo(options) => demo::run(options).await,
        Command::New(new) => commands::builder::new(new),
        Command::Build(build) => commands::builder::build(build),
        Command::Check(check) => commands::builder::check(check),
        Command::Test(options) => commands::test::run(options).await,
        Command::Events(events) => commands::events::run(events),
        Command::Flow(flow) => commands::flow::run(&config()?, flow).await,
        Command::Number(number) => commands::number::run(&config()?, number).await,
        Command::Template(template) => commands::template::run(config, template).await,
        Command::Route(route) => commands::route::run(&config()?, route).await,
        Command::Conversation(conversation) => commands::conversation::run(&config()?, conversation).await,
        Command::Run(run) => commands::run::run(&config()?, run).await,
        Command::Chat(chat) => commands::chat::run(&config()?, chat).await,
        Command::Outbox(outbox) => commands::outbox::run(&config()?, outbox).await,
        Command::Http(http) => commands::http::run(&config()?, http).await,
        Command::Secret(secret) => commands::secret::run(&config()?, secret).await,
        Command::Money(money) => commands::money::run(&config()?, money).await,
        Command::Consent(consent) => commands::consent::run(&config()?, consent).await,
        Command::Notices(notices) => commands::notices::run(&config()?, notices).await,
        Command::Doctor => commands::doctor::run(config()).await,
        Command::CompileComponent => unreachable!("handled before the runtime starts"),
    }
}
