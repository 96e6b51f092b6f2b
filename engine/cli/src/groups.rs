//! `ponte --help` in groups, by whose work a command is.

use clap::{Command, CommandFactory as _, FromArgMatches as _};

use crate::args::Args;

/// Whose work, and the commands in the order in which one meets them. One that is not there is left out; one that stands in
/// no group comes at the end.
const GROUPS: [(&str, &[&str]); 3] = [
    ("For builders: write a flow, test it, ship it", &["new", "build", "check", "test", "dev", "demo", "chat", "run"]),
    (
        "For operators: numbers, flows, rules",
        &["number", "flow", "template", "route", "money", "consent", "secret", "doctor", "serve"],
    ),
    ("To see what happened", &["conversation", "outbox", "http", "notices", "events"]),
];

const TEMPLATE: &str = "{about-with-newline}\n{usage-heading} {usage}{after-help}\n\nOptions:\n{options}";

/// Reads the command line; ends the process where it asks for help or is not understood.
pub(crate) fn parse() -> Args {
    let mut command = grouped(Args::command());
    let matches = command.get_matches_mut();
    Args::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut command).exit())
}

fn grouped(command: Command) -> Command {
    let known: Vec<&Command> = command.get_subcommands().filter(|known| !known.is_hide_set()).collect();
    let width = known.iter().map(|known| known.get_name().len()).max().unwrap_or_default();
    let line = |known: &Command| {
        let about = known.get_about().map(ToString::to_string).unwrap_or_default();
        format!("  {:width$}  {}\n", known.get_name(), about.trim_end_matches('.'))
    };
    let mut text = String::new();
    for (title, names) in GROUPS {
        text.push_str(&format!("{title}:\n"));
        let named = names.iter().filter_map(|name| known.iter().find(|known| known.get_name() == *name));
        named.for_each(|known| text.push_str(&line(known)));
        text.push('\n');
    }
    let grouped = |known: &Command| GROUPS.iter().any(|(_, names)| names.contains(&known.get_name()));
    known.iter().filter(|known| !grouped(known)).for_each(|known| text.push_str(&line(known)));
    text.push_str("`ponte COMMAND --help` tells more of each.");
    command.after_help(text).help_template(TEMPLATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_stands_in_the_help_once() {
        let help = grouped(Args::command()).render_long_help().to_string();
        for known in Args::command().get_subcommands() {
            let lines = help.lines().filter(|line| line.split_whitespace().next() == Some(known.get_name()));
            let indented = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   ")).count();
            assert_eq!(indented, usize::from(!known.is_hide_set()), "{} in\n{help}", known.get_name());
        }
    }
}
