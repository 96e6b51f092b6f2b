//! What a component is, read from its bytes before anything is compiled: so that an author hears in their own
//! words what does not fit, and hears it at once.

use ponte_model::Digest256;
use serde::{Deserialize, Serialize};
use wasmparser::{ComponentExternalKind, Encoding, Instance, Parser, Payload};

use crate::{Permission, PermissionSet, limits};

/// The version of the contract that this host offers.
pub const CONTRACT_VERSION: &str = "0.1";

/// Interfaces of the contract besides those that are permissions.
const FREE_INTERFACES: [&str; 7] = ["types", "events", "calendar", "settings", "run", "log", "handler"];

/// Packages of WASI 0.2 that are linked.
const WASI_PACKAGES: [&str; 6] = ["io", "clocks", "random", "cli", "filesystem", "sockets"];

/// What is known of a component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentInfo {
    /// The SHA-256 of its bytes.
    pub digest: Digest256,
    /// The permissions that it could use: an upper bound, since JavaScript and Python import the whole world.
    pub imports: PermissionSet,
    /// Whether it wants WASI.
    pub wasi: bool,
    /// Its size in bytes.
    pub size: u64,
    /// The core instances that one instance of it makes, if each part is used once.
    pub core_instances: u32,
}

/// Why a component cannot be a flow. In the author's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Unfit {
    /// Too large.
    #[error("is {size} bytes large; at most {} MiB: leave out debug information (wasm-tools strip)", .most >> 20)]
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The most.
        most: u64,
    },
    /// Not a component.
    #[error("is {what}, not a component: build it with the SDK's recipe, or wrap it with `wasm-tools component new`")]
    NotAComponent {
        /// What it is instead.
        what: String,
    },
    /// Damaged.
    #[error("is damaged: {why}")]
    Damaged {
        /// What is wrong with it.
        why: String,
    },
    /// Made for another version of the contract.
    #[error("needs ponte:flow {needs}; this host offers {CONTRACT_VERSION}")]
    OtherVersion {
        /// The version it was made for.
        needs: String,
    },
    /// Wants something that flows do not have.
    #[error("imports {name}, which flows do not have")]
    UnknownImport {
        /// What it wants.
        name: String,
    },
    /// Has no handler.
    #[error("does not export ponte:flow/handler: export `on-event` of the world `flow`")]
    NoHandler,
    /// Has too many of something.
    #[error("has {has} {what}; a flow may have {most}")]
    TooMany {
        /// Of what.
        what: String,
        /// How many it has.
        has: u64,
        /// How many it may have.
        most: u64,
    },
    /// Its types are not the contract's.
    #[error("does not fit ponte:flow {CONTRACT_VERSION}: {why}")]
    Contract {
        /// What does not fit.
        why: String,
    },
}

/// Reads a component and checks what can be known before it is compiled.
///
/// # Errors
/// Why it cannot be a flow.
pub fn inspect(bytes: &[u8]) -> Result<ComponentInfo, Unfit> {
    let size = bytes.len() as u64;
    if size > limits::COMPONENT_BYTES {
        return Err(Unfit::TooLarge { size, most: limits::COMPONENT_BYTES });
    }
    if !bytes.starts_with(b"\0asm") {
        return Err(Unfit::NotAComponent { what: "no WebAssembly".to_owned() });
    }
    let parts = read(bytes)?;
    let mut imports = Vec::new();
    let mut wasi = false;
    for name in &parts.imports {
        match import(name)? {
            Import::Permission(permission) => imports.push(permission),
            Import::Wasi => wasi = true,
            Import::Free => {}
        }
    }
    handler(&parts.exports)?;
    let most = limits::CORE_INSTANCES_PER_RUN;
    if parts.core_instances > most {
        let what = "core instances".to_owned();
        return Err(Unfit::TooMany { what, has: parts.core_instances.into(), most: most.into() });
    }
    Ok(ComponentInfo {
        digest: Digest256::of(bytes),
        imports: imports.into_iter().collect(),
        wasi,
        size,
        core_instances: parts.core_instances,
    })
}

#[derive(Default)]
struct Parts {
    imports: Vec<String>,
    exports: Vec<String>,
    core_instances: u32,
}

/// The names at the component's surface, and the core instances at any depth.
fn read(bytes: &[u8]) -> Result<Parts, Unfit> {
    let damaged = |error: wasmparser::BinaryReaderError| Unfit::Damaged { why: error.to_string() };
    let mut parts = Parts::default();
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(damaged)? {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => {
                return Err(Unfit::NotAComponent { what: "a core module".to_owned() });
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::InstanceSection(section) => {
                for instance in section {
                    if let Instance::Instantiate { .. } = instance.map_err(damaged)? {
                        parts.core_instances += 1;
                    }
                }
            }
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    parts.imports.push(import.map_err(damaged)?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    let export = export.map_err(damaged)?;
                    if export.kind == ComponentExternalKind::Instance {
                        parts.exports.push(export.name.name.to_owned());
                    }
                }
            }
            _ => {}
        }
    }
    Ok(parts)
}

enum Import {
    Permission(Permission),
    Free,
    Wasi,
}

fn import(name: &str) -> Result<Import, Unfit> {
    let unknown = |name: &str| Err(Unfit::UnknownImport { name: name.to_owned() });
    let (interface, version) = name.split_once('@').unwrap_or((name, ""));
    if let Some(interface) = interface.strip_prefix("ponte:flow/") {
        same_version(version)?;
        return match Permission::parse(interface) {
            Some(permission) => Ok(Import::Permission(permission)),
            None if FREE_INTERFACES.contains(&interface) => Ok(Import::Free),
            None => unknown(name),
        };
    }
    let package = interface.strip_prefix("wasi:").and_then(|rest| rest.split_once('/')).map(|(package, _)| package);
    match package {
        Some(package) if WASI_PACKAGES.contains(&package) && (version == "0.2" || version.starts_with("0.2.")) => {
            Ok(Import::Wasi)
        }
        Some(package) if !WASI_PACKAGES.contains(&package) => unknown(&format!("wasi:{package}")),
        _ => unknown(name),
    }
}

fn handler(exports: &[String]) -> Result<(), Unfit> {
    let version = exports.iter().find_map(|name| match name.split_once('@') {
        Some(("ponte:flow/handler", version)) => Some(version),
        _ => None,
    });
    same_version(version.ok_or(Unfit::NoHandler)?)
}

/// Minor versions before 1.0 are different contracts; patches are the same one, and may be left out.
fn same_version(version: &str) -> Result<(), Unfit> {
    let end = version.match_indices('.').nth(1).map_or(version.len(), |(dot, _)| dot);
    let needs = &version[..end];
    if needs == CONTRACT_VERSION { Ok(()) } else { Err(Unfit::OtherVersion { needs: needs.to_owned() }) }
}
