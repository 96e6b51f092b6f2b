//! Packages with their templates: the platform's format and the policy's rules, at the place where they meet.

use std::path::Path;

use ponte_flow::{FlowPackage, PackageError, TemplateFault, TemplateFile};
use ponte_model::template::{Category, Component, Definition};
use ponte_policy::template::{Severity, disagreements, lint};
use ponte_whatsapp::template::definition;

/// Opens a package and checks all of it, what its templates say included.
///
/// # Errors
/// Everything that is wrong with it, each with its place and what would be right.
pub fn open_package(dir: impl AsRef<Path>) -> Result<FlowPackage, PackageError> {
    FlowPackage::open_with(dir, &check_templates)
}

/// What is wrong with the templates of a package: what the platform would reject, a name or a language that is not that
/// of the file, and languages of one template that are filled in otherwise.
pub fn check_templates(files: &[TemplateFile]) -> Vec<TemplateFault> {
    let mut faults = Vec::new();
    let mut understood: Vec<(usize, Definition)> = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let mut fault = |pointer: &str, what: String, help: Option<String>| {
            faults.push(TemplateFault { index, pointer: pointer.to_owned(), what, help });
        };
        let definition = match definition(&file.body) {
            Ok(definition) => definition,
            Err(why) => {
                fault("", why, None);
                continue;
            }
        };
        for (pointer, said, named) in
            [("/name", &definition.name, &file.name), ("/language", &definition.language, &file.language)]
        {
            if said != named {
                let help = format!(
                    "write \"{named}\", or rename the file to {}.{}.json",
                    definition.name, definition.language
                );
                fault(pointer, format!("this says {said:?}, and the file {named:?}"), Some(help));
            }
        }
        for finding in lint(&definition).into_iter().filter(|finding| finding.severity == Severity::Error) {
            let what = format!("{} {}", finding.at, finding.why);
            fault(&pointer(&finding.at), what, Some(format!("Meta rejects it ({})", finding.rule)));
        }
        understood.push((index, definition));
    }
    for (position, (index, other)) in understood.iter().enumerate() {
        let twin = understood[..position].iter().find(|(_, one)| one.name != other.name && says_the_same(one, other));
        if let Some((_, twin)) = twin {
            let what = format!("body and footer are those of {} ({})", twin.name, twin.language);
            let help = "Meta takes a text once in an account: change the wording, or use that template".to_owned();
            faults.push(TemplateFault { index: *index, pointer: "/components".into(), what, help: Some(help) });
        }
        let Some((_, first)) = understood[..position].iter().find(|(_, one)| one.name == other.name) else { continue };
        for (at, what) in disagreements(first, other) {
            let help = "a flow fills in all languages of a template alike: make them take the same".to_owned();
            faults.push(TemplateFault { index: *index, pointer: pointer(&at), what, help: Some(help) });
        }
    }
    faults
}

/// Whether the platform would take two templates for one. (Meta: template review.)
fn says_the_same(one: &Definition, other: &Definition) -> bool {
    let said = |definition: &Definition| {
        let text = |part: &Component| match part {
            Component::Body(text) => text.text.clone(),
            Component::Footer { text, .. } => text.clone(),
            _ => None,
        };
        definition.components.iter().filter_map(text).collect::<Vec<_>>()
    };
    one.category != Category::Authentication && !said(one).is_empty() && said(one) == said(other)
}

/// `components[1].buttons[0].text` as a JSON Pointer.
fn pointer(at: &str) -> String {
    format!("/{}", at.replace(']', "").replace(['[', '.'], "/"))
}
