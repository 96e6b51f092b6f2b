//! A component beside its manifest, in the author's words.

use std::collections::{BTreeMap, BTreeSet};

use ponte_build::{Imports, Language};
use ponte_flow::{Contract, Document, Focus, Permission, Problem};
use ponte_sandbox::{ComponentInfo, inspect};
use serde::Serialize;
use serde_json::Value;
use wit_component::DecodedWasm;
use wit_parser::{InterfaceId, WorldItem};

use crate::{Finding, Severity};

/// Functions that need no permission although their interface is one: `wit/host.wit` says so of each.
const FREE_FUNCTIONS: [(&str, &[&str]); 1] = [("conversation", &["get", "recent", "burst", "phone", "automatic"])];

/// Above this a component of unknown origin carries an interpreter, which imports the whole contract.
const INTERPRETER_BYTES: u64 = 512 << 10;

/// Where the manifest names the component.
const PLUGIN: &str = "/flow/plugin";

/// Where it requests permissions.
const PERMISSIONS: &str = "/permissions";

/// What is known of a component.
#[derive(Clone, Debug, Serialize)]
pub struct Component {
    /// What the host sees in it.
    #[serde(flatten)]
    pub info: ComponentInfo,
    /// The contract that it was built for: `ponte:flow@0.1.0`.
    pub contract: Option<String>,
    /// The permissions that it asks for; those that it perhaps asks for, too, where imports are whole interfaces. Unknown
    /// where the language imports everything.
    pub needs: Option<BTreeSet<String>>,
}

pub(crate) fn check(
    manifest: &Document,
    bytes: &[u8],
    language: Option<&'static Language>,
) -> (Option<Component>, Vec<Finding>) {
    let name = plugin_name(manifest);
    let at_plugin = |what: String, help: &str| manifest.problem(PLUGIN, Focus::Value, what, help.to_owned());
    let info = match inspect(bytes) {
        Ok(info) => info,
        Err(unfit) => {
            let help = "build it again with the SDK of this ponte: `ponte build`";
            return (None, vec![Finding::error(at_plugin(format!("`{name}` {unfit}"), help))]);
        }
    };
    let surface = Surface::of(bytes);
    let mut findings = Vec::new();
    findings.extend(older_contract(manifest, name, &surface));
    let needs = needs(&surface, imports(&info, language));
    if let Some(needs) = &needs {
        findings.extend(permissions(manifest, name, needs));
    }
    if let Some(language) = language.filter(|language| info.size > language.usual_bytes) {
        let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
        let what = format!("`{name}` has {}, much for {}", megabytes(info.size), language.title);
        let help = format!(
            "up to {} is usual: leave out debug information and what is not used",
            megabytes(language.usual_bytes)
        );
        findings.push(Finding::warning(at_plugin(what, &help)));
    }
    (Some(Component { info, contract: surface.contract.map(String::from), needs: needs.map(Needs::all) }), findings)
}

/// What a component surely asks for, and the manifest does not request: each such call is refused. Nothing where it cannot
/// be read: whoever loads it says so.
pub(crate) fn unrequested(manifest: &Document, bytes: &[u8], language: Option<&'static Language>) -> Vec<Problem> {
    let Ok(info) = inspect(bytes) else { return Vec::new() };
    let needs = needs(&Surface::of(bytes), imports(&info, language)).unwrap_or_default();
    let found = permissions(manifest, plugin_name(manifest), &needs);
    let errors = found.into_iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.problem).collect()
}

/// The component's file, as the manifest names it.
fn plugin_name(manifest: &Document) -> &str {
    manifest.value.pointer(PLUGIN).and_then(Value::as_str).unwrap_or("plugin.wasm")
}

/// What it needs, as far as its imports tell.
fn needs(surface: &Surface, imports: Imports) -> Option<Needs> {
    match imports {
        Imports::Functions => Some(surface.needs()),
        Imports::Interfaces => Some(surface.needs_by_interface()),
        Imports::Everything => None,
    }
}

/// What its imports tell.
fn imports(info: &ComponentInfo, language: Option<&'static Language>) -> Imports {
    match language {
        Some(language) => language.imports,
        None if info.size > INTERPRETER_BYTES => Imports::Everything,
        None => Imports::Functions,
    }
}

/// The permissions that a component needs.
#[derive(Debug, Default)]
struct Needs {
    /// Without these a call of its is refused.
    surely: BTreeSet<String>,
    /// Perhaps: it may call what is free alone.
    perhaps: BTreeSet<String>,
}

impl Needs {
    fn all(self) -> BTreeSet<String> {
        self.surely.into_iter().chain(self.perhaps).collect()
    }
}

/// The permissions that the manifest requests.
pub(crate) fn requested(manifest: &Document) -> BTreeSet<&str> {
    let requested = manifest.value.pointer(PERMISSIONS).and_then(Value::as_object);
    requested.into_iter().flat_map(|words| words.keys()).map(String::as_str).collect()
}

/// The line that requests a permission.
pub(crate) fn how_to_request(word: &str) -> String {
    format!(
        "add `{word} = {{ pt-BR = \"…\", es = \"…\", en = \"…\" }}` to `[permissions]`: the reason that the shop reads"
    )
}

/// What is imported and not requested is refused at run time; what is requested and not imported frightens shops.
fn permissions(manifest: &Document, name: &str, needs: &Needs) -> Vec<Finding> {
    let requested = requested(manifest);
    let missing = needs.surely.iter().filter(|word| !requested.contains(word.as_str())).map(|word| {
        let what = format!("`{name}` asks for {word}, which the manifest does not request");
        Finding::error(manifest.problem(PERMISSIONS, Focus::Key, what, how_to_request(word)))
    });
    // A word that is no permission was told of.
    let known = |word: &&str| Permission::parse(word).is_some();
    let used = |word: &&str| needs.surely.contains(*word) || needs.perhaps.contains(*word);
    let idle = requested.iter().copied().filter(known).filter(|word| !used(word)).map(|word| {
        let what = format!("the manifest requests {word}, which `{name}` never asks for");
        let help = "take it away: shops grant less with an easier mind".to_owned();
        Finding::warning(manifest.problem(&format!("{PERMISSIONS}/{word}"), Focus::Key, what, help))
    });
    missing.chain(idle).collect()
}

/// An older host must hear from the manifest that the plugin is too new for it.
fn older_contract(manifest: &Document, name: &str, surface: &Surface) -> Option<Finding> {
    const POINTER: &str = "/flow/contract";
    let built = surface.contract.as_ref()?;
    let said: Contract = manifest.value.pointer(POINTER)?.as_str()?.parse().ok()?;
    if built.is_served_by(&said) {
        return None;
    }
    let what = format!("`{name}` was built for {built}, and the manifest says {said}");
    let help = format!("write `contract = \"{built}\"`");
    Some(Finding::warning(manifest.problem(POINTER, Focus::Value, what, help)))
}

/// The names at a component's surface.
#[derive(Debug, Default)]
struct Surface {
    /// Of the handler that it exports.
    contract: Option<Contract>,
    /// The functions that it imports, by interface of the contract.
    functions: BTreeMap<String, Vec<String>>,
}

impl Surface {
    /// Empty if it cannot be read: [`inspect`] found it right, and says more than this does.
    fn of(bytes: &[u8]) -> Self {
        let Ok(DecodedWasm::Component(resolve, world)) = wit_component::decode(bytes) else { return Self::default() };
        let ours = |id: InterfaceId| {
            let interface = &resolve.interfaces[id];
            let package = &resolve.packages[interface.package?].name;
            let name = interface.name.clone()?;
            let is_ours = (package.namespace.as_str(), package.name.as_str()) == ("ponte", "flow");
            is_ours.then(|| (name, package.version.clone()))
        };
        let world = &resolve.worlds[world];
        let mut surface = Self::default();
        for id in world.exports.values().filter_map(interface) {
            if let Some((name, Some(version))) = ours(id)
                && name == "handler"
            {
                surface.contract = format!("ponte:flow@{version}").parse().ok();
            }
        }
        for id in world.imports.values().filter_map(interface) {
            if let Some((name, _)) = ours(id) {
                surface.functions.insert(name, resolve.interfaces[id].functions.keys().cloned().collect());
            }
        }
        surface
    }

    /// By the functions that it imports.
    fn needs(&self) -> Needs {
        let needed = |interface: &str, functions: &[String]| {
            let free = free(interface).unwrap_or_default();
            Permission::parse(interface).is_some() && functions.iter().any(|name| !free.contains(&name.as_str()))
        };
        let surely = self.functions.iter().filter(|(interface, functions)| needed(interface, functions));
        Needs { surely: surely.map(|(interface, _)| interface.clone()).collect(), ..Needs::default() }
    }

    /// By the interfaces alone: which of their functions it calls is not known.
    fn needs_by_interface(&self) -> Needs {
        let interfaces = self.functions.keys().filter(|interface| Permission::parse(interface).is_some()).cloned();
        let (perhaps, surely) = interfaces.partition(|interface| free(interface).is_some());
        Needs { surely, perhaps }
    }
}

/// The functions of an interface that need no permission, where it has any.
pub(crate) fn free(interface: &str) -> Option<&'static [&'static str]> {
    FREE_FUNCTIONS.iter().find(|(name, _)| *name == interface).map(|(_, free)| *free)
}

fn interface(item: &WorldItem) -> Option<InterfaceId> {
    match item {
        WorldItem::Interface { id, .. } => Some(*id),
        _ => None,
    }
}
