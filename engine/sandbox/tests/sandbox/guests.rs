//! Guests in WebAssembly text, made into components of the world by `wit-component`. No toolchain is needed.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// Core signatures of the functions that guests call, by interface and name.
const FUNCTIONS: &[(&str, &str, &str)] = &[
    ("ponte:flow/send@0.1.0", "text", "(param i32 i32 i32 i32 i32)"),
    ("ponte:flow/send@0.1.0", "buttons", "(param i32 i32 i32 i32 i32 i32 i32)"),
    ("ponte:flow/send@0.1.0", "other", "(param i32 i32 i32 i32 i32)"),
    ("ponte:flow/send@0.1.0", "quote", "(param i32 i32 i32 i32)"),
    ("ponte:flow/send@0.1.0", "footer", "(param i32 i32 i32 i32)"),
    ("ponte:flow/send@0.1.0", "when-closed", "(param i32 i32 i32)"),
    ("ponte:flow/send@0.1.0", "when-closed-template", "(param i32 i32 i32 i32 i32 i32 i32 i32)"),
    ("ponte:flow/send@0.1.0", "seen", "(param i32 i32 i32 i32)"),
    ("ponte:flow/state@0.1.0", "get", "(param i32 i32 i32 i32)"),
    ("ponte:flow/state@0.1.0", "put", "(param i32 i32 i32 i32 i32 i32)"),
    ("ponte:flow/state@0.1.0", "add", "(param i32 i32 i32 i32 i32)"),
    ("ponte:flow/state@0.1.0", "delete", "(param i32 i32 i32 i32)"),
    ("ponte:flow/state@0.1.0", "expire-after", "(param i32 i32 i32 i32 i32)"),
    ("ponte:flow/schedule@0.1.0", "at", "(param i32 i32 i64 i32 i32 i32)"),
    ("ponte:flow/contacts@0.1.0", "tag", "(param i32 i32 i32)"),
    ("ponte:flow/contacts@0.1.0", "named", "(param i32 i32 i32)"),
    ("ponte:flow/conversation@0.1.0", "burst", "(param i32)"),
    ("ponte:flow/conversation@0.1.0", "phone", "(result i32)"),
    ("ponte:flow/conversation@0.1.0", "hand-off", "(param i32 i32 i32 i32)"),
    ("ponte:flow/conversation@0.1.0", "hold", "(param i32 i32)"),
    ("ponte:flow/conversation@0.1.0", "automatic", "(param i32)"),
    ("ponte:flow/settings@0.1.0", "text", "(param i32 i32 i32 i32 i32)"),
    ("ponte:flow/run@0.1.0", "now", "(result i64)"),
    ("ponte:flow/run@0.1.0", "random", "(param i32 i32)"),
    ("ponte:flow/run@0.1.0", "event-json", "(param i32)"),
    ("ponte:flow/log@0.1.0", "write", "(param i32 i32 i32)"),
    ("ponte:flow/http@0.1.0", "get", "(param i32 i32 i32 i32 i32)"),
    ("ponte:flow/http@0.1.0", "send-later", "(param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)"),
    ("ponte:flow/secrets@0.1.0", "reference", "(param i32 i32 i32)"),
    ("ponte:flow/orders@0.1.0", "of-contact", "(param i32)"),
    ("ponte:flow/ai@0.1.0", "complete", "(param i32 i32 i32 i32 i32 i32 i32)"),
    ("wasi:cli/exit@0.2.6", "exit", "(param i32)"),
    ("wasi:cli/stdout@0.2.6", "get-stdout", "(result i32)"),
    ("wasi:io/streams@0.2.6", "[method]output-stream.blocking-write-and-flush", "(param i32 i32 i32 i32)"),
    ("wasi:clocks/wall-clock@0.2.6", "now", "(param i32)"),
    ("wasi:clocks/monotonic-clock@0.2.6", "now", "(result i64)"),
    ("wasi:clocks/monotonic-clock@0.2.6", "subscribe-duration", "(param i64) (result i32)"),
    ("wasi:io/poll@0.2.6", "[method]pollable.block", "(param i32)"),
    ("wasi:random/random@0.2.6", "get-random-u64", "(result i64)"),
];

/// As much of WASI as the guests use: interfaces match by what they have.
const WASI: &str = "
    package wasi:all@0.2.6;
    package wasi:io@0.2.6 {
        interface error { resource error; }
        interface poll { resource pollable { block: func(); } }
        interface streams {
            use error.{error};
            variant stream-error { last-operation-failed(error), closed }
            resource output-stream { blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>; }
        }
    }
    package wasi:cli@0.2.6 {
        interface exit { exit: func(status: result); }
        interface stdout { use wasi:io/streams@0.2.6.{output-stream}; get-stdout: func() -> output-stream; }
    }
    package wasi:clocks@0.2.6 {
        interface wall-clock { record datetime { seconds: u64, nanoseconds: u32 } now: func() -> datetime; }
        interface monotonic-clock {
            use wasi:io/poll@0.2.6.{pollable};
            now: func() -> u64;
            subscribe-duration: func(when: u64) -> pollable;
        }
    }
    package wasi:random@0.2.6 { interface random { get-random-u64: func() -> u64; } }
    package wasi:http@0.2.6 { interface outgoing-handler { handle: func(); } }
    package acme:things@1.0.0 { interface api { call: func(); } }
";

/// What every test guest has: words at fixed places, a bump allocator, and a result that says "ok".
const PRELUDE: &str = r#"
    (data (i32.const 1024) "con_1")
    (data (i32.const 1040) "oi")
    (data (i32.const 1056) "k")
    (data (i32.const 1072) "41")
    (data (i32.const 1088) "wamid.Q")
    (global $heap (mut i32) (i32.const 65536))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (local $at i32)
        (local.set $at (i32.and
            (i32.add (global.get $heap) (i32.sub (local.get 2) (i32.const 1)))
            (i32.sub (i32.const 0) (local.get 2))))
        (global.set $heap (i32.add (local.get $at) (local.get 3)))
        (local.get $at))
"#;

/// A guest in parts. `body` is what `on-event` does; it may use the functions named in `calls` as `$name`.
pub(crate) struct Guest<'a> {
    pub(crate) calls: &'a [&'a str],
    pub(crate) body: &'a str,
    /// Further module fields.
    pub(crate) fields: &'a str,
    pub(crate) memory: &'a str,
    /// Further imports of the world.
    pub(crate) imports: &'a [&'a str],
    pub(crate) version: &'a str,
}

impl Default for Guest<'_> {
    fn default() -> Self {
        Self { calls: &[], body: "", fields: "", memory: "2", imports: &[], version: "0.1.0" }
    }
}

/// A guest that calls `calls` in `body`.
pub(crate) fn guest(calls: &[&str], body: &str) -> Vec<u8> {
    Guest { calls, body, ..Guest::default() }.build()
}

/// A function is called by the part of its name after the last `/`, as `send.text` or `exit.exit`.
fn short(interface: &str, function: &str) -> String {
    let interface = interface.split(['/', '@']).nth(1).unwrap_or(interface);
    format!("{interface}.{}", function.rsplit('.').next().unwrap_or(function))
}

impl Guest<'_> {
    /// The component.
    pub(crate) fn build(&self) -> Vec<u8> {
        let mut core_imports = String::new();
        let mut world_imports: BTreeSet<String> = self.imports.iter().map(ToString::to_string).collect();
        for call in self.calls {
            let known = FUNCTIONS.iter().find(|(interface, name, _)| short(interface, name) == *call);
            let (interface, name, signature) = known.unwrap_or_else(|| panic!("no function {call}"));
            core_imports += &format!("(import \"{interface}\" \"{name}\" (func ${call} {signature}))\n");
            if !interface.starts_with("ponte:flow/") {
                world_imports.insert((*interface).to_owned());
            }
        }
        let core_imports = core_imports.replace("@0.1.0", &format!("@{}", self.version));
        let Self { body, fields, memory, version, .. } = self;
        let module = format!(
            r#"(module
                {core_imports}
                (memory (export "memory") {memory})
                {PRELUDE}
                {fields}
                (func $on-event (export "ponte:flow/handler@{version}#on-event") (param $event i32) (result i32)
                    {body}
                    (i32.const 16)))"#
        );
        component(&module, &world_imports, version)
    }
}

fn component(module: &str, imports: &BTreeSet<String>, version: &str) -> Vec<u8> {
    let mut module = wat::parse_str(module).unwrap_or_else(|error| panic!("{error}\n{module}"));
    let mut resolve = Resolve::default();
    resolve.push_str("flow.wit", &contract(version)).unwrap();
    resolve.push_str("wasi.wit", WASI).unwrap();
    let imports: String = imports.iter().map(|import| format!("import {import};\n")).collect();
    let world = format!("package test:guest; world guest {{ include ponte:flow/connected-flow@{version}; {imports} }}");
    let package = resolve.push_str("guest.wit", &world).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).unwrap();
    ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap()
}

/// The files of `wit/` as one, as if they were of another version.
fn contract(version: &str) -> String {
    let dir = PathBuf::from("../../wit");
    let mut text = format!("package ponte:flow@{version};\n");
    let mut files: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "wit")) {
        text += &fs::read_to_string(file)
            .unwrap()
            .replace("package ponte:flow@0.1.1;", "")
            .replace("@since(version = 0.1.1)", "");
    }
    text
}
