//! `docs/reference/contract.md`: the contract as a page to read, made of the comments in `wit/`.

mod words;

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use wit_parser::{Docs, Function, Interface, Resolve, TypeDef, TypeDefKind, WorldItem};
use words::{Words, code};

/// Where it is, in the repository.
const PAGE: &str = "docs/reference/contract.md";

const HEAD: &str = "\
<!-- Made of the comments in wit/ by `cargo xtask reference`. A test compares them: change the comments, not this page. -->
";

/// Names in the text are those of the contract. Each SDK spells them as its language does.
const SPELLING: &str = "\
Names are spelled here as in `wit/`. The SDKs spell them as their languages do: `hand-off` is `hand_off` in Rust and Python, and
`handOff` in JavaScript. *Or refused* means that the host may say no, with a [refusal](#types-refusal): a value in Rust, an
exception in JavaScript and Python. It never ends the run by itself.
";

/// Writes the page.
///
/// # Errors
/// `wit/` cannot be understood, or the page not be written.
pub(crate) fn write(root: &Path) -> Result<()> {
    let page = root.join(PAGE);
    std::fs::create_dir_all(page.parent().expect("the page is in a folder"))?;
    std::fs::write(&page, render(root)?).with_context(|| format!("cannot write {}", page.display()))?;
    println!("{PAGE}");
    Ok(())
}

fn render(root: &Path) -> Result<String> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(root.join("wit")).context("wit/ is not understood")?;
    let package = &resolve.packages[package];
    // The widest: the others import some of what it does.
    let worlds = package.worlds.values().map(|id| &resolve.worlds[*id]);
    let world = worlds.max_by_key(|world| world.imports.len()).context("wit/ has no world")?;
    let interfaces = |items: &mut dyn Iterator<Item = &WorldItem>| -> Vec<&Interface> {
        items
            .filter_map(|item| if let WorldItem::Interface { id, .. } = item { Some(*id) } else { None })
            .map(|id| &resolve.interfaces[id])
            .collect()
    };
    // First what the flow offers and is told, then what it can call, then the words that all of them share.
    let exports = interfaces(&mut world.exports.values());
    let imports = interfaces(&mut world.imports.values());
    let (shared, called): (Vec<_>, Vec<_>) = imports.into_iter().partition(|interface| interface.functions.is_empty());
    let (told, shared): (Vec<_>, Vec<_>) =
        shared.into_iter().partition(|interface| interface.name.as_deref() == Some("events"));

    let mut page = HEAD.to_owned();
    writeln!(page, "# The contract: {}\n\n{}\n{SPELLING}", package.name, text(&package.docs))?;
    writeln!(page, "| interface | permission | what for |\n|---|---|---|")?;
    let groups = [&exports, &told, &called, &shared];
    for interface in groups.into_iter().flatten() {
        let name = interface.name.as_deref().unwrap_or_default();
        let (first, permission) = purpose(&interface.docs);
        writeln!(page, "| [`{name}`](#{name}) | {permission} | {first} |")?;
    }
    let words = Words { resolve: &resolve };
    for interface in groups.into_iter().flatten() {
        section(&mut page, &words, interface)?;
    }
    while page.contains("\n\n\n") {
        page = page.replace("\n\n\n", "\n\n");
    }
    Ok(format!("{}\n", page.trim_end()))
}

/// An interface: what it is for, its functions, its types.
fn section(page: &mut String, words: &Words<'_>, interface: &Interface) -> Result<()> {
    let name = interface.name.as_deref().unwrap_or_default();
    writeln!(page, "\n## {name}\n\n{}", text(&interface.docs))?;
    for function in interface.functions.values() {
        let params: Vec<_> = function.params.iter().map(|param| words.param(&param.name, &param.ty)).collect();
        writeln!(page, "### <a id=\"{name}-{0}\"></a>`{name}.{0}`\n", function.name)?;
        writeln!(page, "{} → {}\n", takes(&params), gives(words, function))?;
        writeln!(page, "{}", text(&function.docs))?;
    }
    let types = interface.types.values().map(|id| &words.resolve.types[*id]);
    // What is only taken over from another interface is told there.
    let own: Vec<&TypeDef> = types.filter(|one| !is_taken_over(words.resolve, one)).collect();
    for one in own {
        let type_name = one.name.as_deref().unwrap_or_default();
        writeln!(page, "### <a id=\"{name}-{type_name}\"></a>{type_name}\n\n{}", text(&one.docs))?;
        match &one.kind {
            TypeDefKind::Record(record) => {
                writeln!(page, "| field | is | |\n|---|---|---|")?;
                for field in &record.fields {
                    writeln!(page, "| {} | {} | {} |", code(&field.name), words.of(&field.ty), cell(&field.docs))?;
                }
            }
            TypeDefKind::Variant(variant) => {
                writeln!(page, "One of\n\n| case | carries | |\n|---|---|---|")?;
                for case in &variant.cases {
                    let carries = case.ty.as_ref().map(|ty| words.of(ty)).unwrap_or_default();
                    writeln!(page, "| {} | {carries} | {} |", code(&case.name), cell(&case.docs))?;
                }
            }
            TypeDefKind::Enum(one_of) if one_of.cases.iter().all(|case| case.docs.is_empty()) => {
                let cases: Vec<_> = one_of.cases.iter().map(|case| code(&case.name)).collect();
                writeln!(page, "One of {}.", cases.join(", "))?;
            }
            TypeDefKind::Enum(one_of) => {
                writeln!(page, "One of\n\n| case | |\n|---|---|")?;
                for case in &one_of.cases {
                    writeln!(page, "| {} | {} |", code(&case.name), cell(&case.docs))?;
                }
            }
            TypeDefKind::Type(ty) => writeln!(page, "Is {}.", words.of(ty))?,
            other => writeln!(page, "Is {}.", words.kind(other))?,
        }
        writeln!(page)?;
    }
    Ok(())
}

fn takes(params: &[String]) -> String {
    if params.is_empty() { "Takes nothing".to_owned() } else { format!("Takes {}", params.join(", ")) }
}

fn gives(words: &Words<'_>, function: &Function) -> String {
    function.result.as_ref().map_or_else(|| "nothing".to_owned(), |ty| words.of(ty))
}

/// `use types.{refusal}` makes a type of its own that is another's.
fn is_taken_over(resolve: &Resolve, one: &TypeDef) -> bool {
    matches!(&one.kind, TypeDefKind::Type(wit_parser::Type::Id(id))
        if resolve.types[*id].name == one.name && resolve.types[*id].owner != one.owner)
}

/// What an interface is for, in a sentence, and its permission, as its comment says it.
fn purpose(docs: &Docs) -> (String, String) {
    const PERMISSION: &str = "Permission: ";
    let text = docs.contents.as_deref().unwrap_or_default().replace('\n', " ");
    let first = text.split_inclusive(". ").next().unwrap_or_default().trim().to_owned();
    let permission = text.split_once(PERMISSION).map(|(_, rest)| rest.split(". ").next().unwrap_or(rest));
    let permission = permission.map(|words| words.trim().trim_end_matches('.').to_owned()).unwrap_or_default();
    // Where it has exceptions the section tells them.
    let word = permission.split([' ', ',', ':']).next().unwrap_or_default().to_owned();
    (first, if word == "none" { "none needed".to_owned() } else { word })
}

fn text(docs: &Docs) -> String {
    docs.contents.as_ref().map(|text| format!("{}\n", text.trim_end())).unwrap_or_default()
}

/// A comment in a table.
fn cell(docs: &Docs) -> String {
    docs.contents.as_deref().unwrap_or_default().trim().replace('\n', " ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_that_of_the_contract() {
        let root = crate::root();
        let page = std::fs::read_to_string(root.join(PAGE)).expect("the page");
        let made = render(&root).unwrap();
        let line = page.lines().zip(made.lines()).position(|(is, should)| is != should);
        assert!(
            page == made,
            "{PAGE} is not what wit/ says (line {}): `cargo xtask reference` writes it",
            line.map_or(0, |at| at + 1)
        );
    }

    #[test]
    fn every_function_and_type_of_the_contract_is_on_the_page() {
        let root = crate::root();
        let page = render(&root).unwrap();
        let mut seen = 0;
        for file in root.join("wit").read_dir().unwrap().flatten() {
            for line in std::fs::read_to_string(file.path()).unwrap().lines().map(str::trim) {
                let function = line.split_once(": func(").map(|(name, _)| format!(".{name}`\n"));
                let declared =
                    ["record ", "variant ", "enum ", "type "].iter().find_map(|word| line.strip_prefix(word));
                let declared =
                    declared.and_then(|rest| rest.split([' ', '{', ';']).next()).map(|name| format!("</a>{name}\n"));
                for heading in function.into_iter().chain(declared) {
                    assert!(page.contains(&heading), "{heading:?} is missing");
                    seen += 1;
                }
            }
        }
        assert!(seen > 60, "wit/ has more than {seen} of them");
        // Links lead somewhere.
        for link in page.split("](#").skip(1).filter_map(|rest| rest.split(')').next()) {
            let there = page.contains(&format!("<a id=\"{link}\">")) || page.contains(&format!("\n## {link}\n"));
            assert!(there, "#{link} leads nowhere");
        }
    }
}
