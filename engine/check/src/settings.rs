//! The example of settings, which scenarios, the demo and shops start from.

use std::path::Path;

use ponte_flow::{FlowPackage, Problem};
use ponte_runtime::check_settings;

use crate::Finding;

const EXAMPLE: &str = "settings.example.toml";

pub(crate) fn check(dir: &Path, package: &FlowPackage) -> Vec<Finding> {
    match std::fs::read_to_string(dir.join(EXAMPLE)) {
        Ok(text) => match package.check_settings_with(EXAMPLE, &text, &check_settings) {
            Ok(_) => Vec::new(),
            Err(error) => error.problems.into_iter().map(Finding::error).collect(),
        },
        Err(error) => {
            let help = "write one that fits the schema: scenarios and shops begin with it";
            let what = format!("`{EXAMPLE}` cannot be read: {error}");
            vec![Finding::warning(Problem::with_file(EXAMPLE, what, help))]
        }
    }
}
