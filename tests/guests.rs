//! Small hostile plugins in WebAssembly text, packaged as flows. No toolchain is needed.

use std::path::{Path, PathBuf};

/// Packages a component as a flow in a folder. `more` is added to the manifest.
pub fn package(dir: &Path, name: &str, component: &[u8], failure: &str, more: &str) -> PathBuf {
    let folder = dir.join(name);
    std::fs::create_dir_all(folder.join("texts")).expect("a folder");
    std::fs::write(folder.join("plugin.wasm"), component).expect("the component is written");
    std::fs::write(folder.join("settings.schema.json"), SCHEMA).expect("the schema is written");
    for language in ["pt-BR", "es", "en"] {
        std::fs::write(folder.join("texts").join(format!("{language}.toml")), "sorry = \"Desculpe\"\n").expect("texts");
    }
    std::fs::write(folder.join("flow.toml"), manifest(name, failure, more)).expect("the manifest is written");
    folder
}

const SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
  "x-ponte": { "title": { "pt-BR": "Teste", "es": "Prueba", "en": "Test" } },
  "properties": { "timezone": { "type": "string", "default": "America/Sao_Paulo",
    "x-ponte": { "title": { "pt-BR": "Fuso", "es": "Zona", "en": "Zone" } } },
    "release_after": { "type": "string",
    "x-ponte": { "title": { "pt-BR": "Silêncio", "es": "Silencio", "en": "Silence" } } } }
}"#;

fn manifest(name: &str, failure: &str, more: &str) -> String {
    format!(
        r#"
[flow]
name = "{name}"
version = "0.1.0"
contract = "ponte:flow@0.1.0"
plugin = "plugin.wasm"
settings = "settings.schema.json"
texts = "texts"
languages = ["pt-BR", "es", "en"]
title = {{ pt-BR = "Teste", es = "Prueba", en = "Test" }}
summary = {{ pt-BR = "Teste.", es = "Prueba.", en = "Test." }}

[permissions]
send = {{ pt-BR = "Teste.", es = "Prueba.", en = "Test." }}
schedule = {{ pt-BR = "Teste.", es = "Prueba.", en = "Test." }}
contacts = {{ pt-BR = "Teste.", es = "Prueba.", en = "Test." }}
conversation = {{ pt-BR = "Teste.", es = "Prueba.", en = "Test." }}

[trigger]
events = ["message"]

[failure]
trap = "{failure}"
timeout = "{failure}"
reject = "{failure}"
text = "sorry"
tries = 1

{more}
"#
    )
}

/// Replies with what the customer wrote, each time.
pub fn echoing() -> Vec<u8> {
    component(
        "(import \"ponte:flow/send@0.1.0\" \"text\" (func $text (param i32 i32 i32 i32 i32)))",
        &format!("(call $text {CONTACT} {TEXT} (i32.const 512))"),
    )
}

/// Replies with what the customer wrote, but with "olá" to what has two letters.
pub fn greeting_back() -> Vec<u8> {
    component(
        "(import \"ponte:flow/send@0.1.0\" \"text\" (func $text (param i32 i32 i32 i32 i32)))
         (data (i32.const 1024) \"ol\\c3\\a1\")",
        &format!(
            "(if (i32.eq (i32.load offset=68 (local.get 0)) (i32.const 2))
                (then (call $text {CONTACT} (i32.const 1024) (i32.const 4) (i32.const 512)))
                (else (call $text {CONTACT} {TEXT} (i32.const 512))))"
        ),
    )
}

/// Sends what the customer wrote, which is a message as JSON.
pub fn posting() -> Vec<u8> {
    component(
        "(import \"ponte:flow/send@0.1.0\" \"other\" (func $other (param i32 i32 i32 i32 i32)))",
        &format!("(call $other {CONTACT} {TEXT} (i32.const 512))"),
    )
}

/// Says "um" and then "dois".
pub fn saying_two_things() -> Vec<u8> {
    let say = |at, length| format!("(call $text {CONTACT} (i32.const {at}) (i32.const {length}) (i32.const 512))");
    component(
        "(import \"ponte:flow/send@0.1.0\" \"text\" (func $text (param i32 i32 i32 i32 i32)))
         (data (i32.const 1024) \"umdois\")",
        &[say(1024, 2), say(1026, 4)].concat(),
    )
}

/// Sends the template that the customer names, if what they write begins with `t_`; else repeats it.
pub fn templating() -> Vec<u8> {
    component(
        "(import \"ponte:flow/send@0.1.0\" \"text\" (func $text (param i32 i32 i32 i32 i32)))
         (import \"ponte:flow/send@0.1.0\" \"template\" (func $template (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
         (data (i32.const 1024) \"pt_BR\")",
        &format!(
            "(if (i32.eq (i32.load16_u (i32.load offset=64 (local.get 0))) (i32.const {NAMES_TEMPLATE}))
                (then (call $template {CONTACT} {TEXT} (i32.const 1024) (i32.const 5) (i32.const 0) (i32.const 0)
                                      (i32.const 512)))
                (else (call $text {CONTACT} {TEXT} (i32.const 512))))"
        ),
    )
}

/// On a message: sets a timer of an hour. On the timer: says "lembrete".
pub fn reminding() -> Vec<u8> {
    component(
        "(import \"ponte:flow/send@0.1.0\" \"text\" (func $text (param i32 i32 i32 i32 i32)))
         (import \"ponte:flow/schedule@0.1.0\" \"after\" (func $after (param i32 i32 i32 i32 i32 i32)))
         (data (i32.const 1024) \"lembrete\")",
        &format!(
            "(if (i32.eqz (i32.load8_u offset=40 (local.get 0)))
                (then (call $after (i32.const 1024) (i32.const 8) (i32.const 3600) (i32.const 1024) (i32.const 8)
                                   (i32.const 512)))
                (else (call $text {CONTACT} (i32.const 1024) (i32.const 8) (i32.const 512))))"
        ),
    )
}

/// Sends the template that the customer names, if what they write begins with `t_`. Else replies with what they wrote,
/// and sets a timer of as many hours as that has letters. On the timer: says "lembrete", whoever speaks by then and
/// whether the window is open or not; and where that is refused, sends the template "t_volte".
pub fn insisting() -> Vec<u8> {
    component(
        "(import \"ponte:flow/send@0.1.0\" \"text\" (func $text (param i32 i32 i32 i32 i32)))
         (import \"ponte:flow/send@0.1.0\" \"template\" (func $template (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
         (import \"ponte:flow/schedule@0.1.0\" \"after\" (func $after (param i32 i32 i32 i32 i32 i32)))
         (data (i32.const 1024) \"lembretept_BRt_volte\")",
        &format!(
            "(if (i32.load8_u offset=40 (local.get 0))
                (then (call $text {CONTACT} (i32.const 1024) (i32.const 8) (i32.const 512))
                      (if (i32.load8_u (i32.const 512))
                        (then (call $template {CONTACT} (i32.const 1037) (i32.const 7) (i32.const 1032) (i32.const 5)
                                              (i32.const 0) (i32.const 0) (i32.const 512)))))
                (else (if (i32.eq (i32.load16_u (i32.load offset=64 (local.get 0))) (i32.const {NAMES_TEMPLATE}))
                    (then (call $template {CONTACT} {TEXT} (i32.const 1032) (i32.const 5) (i32.const 0) (i32.const 0)
                                          (i32.const 512)))
                    (else (call $text {CONTACT} {TEXT} (i32.const 512))
                          (call $after (i32.const 1024) (i32.const 8)
                                       (i32.mul (i32.load offset=68 (local.get 0)) (i32.const 3600))
                                       (i32.const 1024) (i32.const 8) (i32.const 512))))))"
        ),
    )
}

/// On a message: sets a timer of 25 hours. On the timer: sends the template "volte" in pt_BR.
pub fn inviting() -> Vec<u8> {
    component(
        "(import \"ponte:flow/send@0.1.0\" \"template\" (func $template (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
         (import \"ponte:flow/schedule@0.1.0\" \"after\" (func $after (param i32 i32 i32 i32 i32 i32)))
         (data (i32.const 1024) \"voltept_BR\")",
        &format!(
            "(if (i32.eqz (i32.load8_u offset=40 (local.get 0)))
                (then (call $after (i32.const 1024) (i32.const 5) (i32.const 90000) (i32.const 1024) (i32.const 5)
                                   (i32.const 512)))
                (else (call $template {CONTACT} (i32.const 1024) (i32.const 5) (i32.const 1029) (i32.const 5)
                                      (i32.const 0) (i32.const 0) (i32.const 512))))"
        ),
    )
}

/// Replies with what the customer wrote; on what begins with `r` it holds the chat for ten minutes, on what begins with
/// `t` it gives it back.
pub fn holding() -> Vec<u8> {
    let begins = |letter: u8| format!("(i32.eq (i32.load8_u (i32.load offset=64 (local.get 0))) (i32.const {letter}))");
    component(
        "(import \"ponte:flow/send@0.1.0\" \"text\" (func $text (param i32 i32 i32 i32 i32)))
         (import \"ponte:flow/conversation@0.1.0\" \"hold\" (func $hold (param i32 i32)))
         (import \"ponte:flow/conversation@0.1.0\" \"release\" (func $release (param i32)))",
        &format!(
            "(call $text {CONTACT} {TEXT} (i32.const 512))
             (if {} (then (call $hold (i32.const 600) (i32.const 512))))
             (if {} (then (call $release (i32.const 512))))",
            begins(b'r'),
            begins(b't'),
        ),
    )
}

/// Replies with what the customer wrote; should the window have closed by the time it leaves, it is kept until they
/// write again, whatever the manifest says.
pub fn keeping() -> Vec<u8> {
    component(
        "(import \"ponte:flow/send@0.1.0\" \"text\" (func $text (param i32 i32 i32 i32 i32)))
         (import \"ponte:flow/send@0.1.0\" \"when-closed\" (func $closed (param i32 i32 i32)))",
        // The effect's number stands behind the result's word; choice 1 is `hold`.
        &format!(
            "(call $text {CONTACT} {TEXT} (i32.const 512))
             (call $closed (i32.load offset=520 (i32.const 0)) (i32.const 1) (i32.const 768))"
        ),
    )
}

/// Puts a tag on whoever writes.
pub fn tagging(tag: &str) -> Vec<u8> {
    component(
        &format!(
            "(import \"ponte:flow/contacts@0.1.0\" \"tag\" (func $tag (param i32 i32 i32)))
             (data (i32.const 1024) \"{tag}\")"
        ),
        &format!("(call $tag (i32.const 1024) (i32.const {}) (i32.const 512))", tag.len()),
    )
}

/// Fails at once.
pub fn trapping() -> Vec<u8> {
    component("", "unreachable")
}

/// Does nothing, and succeeds.
pub fn quiet() -> Vec<u8> {
    component("", "")
}

/// Never ends by itself.
pub fn spinning() -> Vec<u8> {
    component("", "(loop $for-ever (br $for-ever))")
}

/// Takes 24 MiB of memory, and then replies with what the customer wrote.
pub fn taking_memory() -> Vec<u8> {
    component(
        "(import \"ponte:flow/send@0.1.0\" \"text\" (func $text (param i32 i32 i32 i32 i32)))",
        &format!("(drop (memory.grow (i32.const 384))) (call $text {CONTACT} {TEXT} (i32.const 512))"),
    )
}

/// Where the canonical ABI puts the contact's id of an event, and the text of its message.
const CONTACT: &str = "(i32.load offset=28 (local.get 0)) (i32.load offset=32 (local.get 0))";
const TEXT: &str = "(i32.load offset=64 (local.get 0)) (i32.load offset=68 (local.get 0))";

/// "t_" as a number: how a text begins that names a template.
const NAMES_TEMPLATE: u32 = 0x5f74;

/// A guest whose `on-event` does `body` and then succeeds.
fn component(fields: &str, body: &str) -> Vec<u8> {
    let (imports, data): (Vec<&str>, Vec<&str>) =
        fields.lines().map(str::trim).filter(|line| !line.is_empty()).partition(|line| line.starts_with("(import"));
    let module = format!(
        "(module {imports}
            (memory (export \"memory\") 2)
            {data}
            (global $heap (mut i32) (i32.const 65536))
            (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32)
                (local $at i32)
                (local.set $at (i32.and
                    (i32.add (global.get $heap) (i32.sub (local.get 2) (i32.const 1)))
                    (i32.sub (i32.const 0) (local.get 2))))
                (global.set $heap (i32.add (local.get $at) (local.get 3)))
                (local.get $at))
            (func (export \"ponte:flow/handler@0.1.0#on-event\") (param i32) (result i32)
                {body}
                (i32.const 16)))",
        imports = imports.join("\n"),
        data = data.join("\n"),
    );
    let mut resolve = wit_parser::Resolve::default();
    let (package, version) = contract(&mut resolve);
    let module = module.replace("@0.1.0", &format!("@{version}"));
    let mut module = wat::parse_str(&module).unwrap_or_else(|error| panic!("{error}\n{module}"));
    let world = resolve.select_world(&[package], Some("connected-flow")).expect("the contract has a world");
    wit_component::embed_component_metadata(&mut module, &resolve, world, wit_component::StringEncoding::UTF8, false)
        .expect("the guest is of the world");
    wit_component::ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .expect("a module")
        .encode()
        .expect("a component")
}

/// The repository's contract and its version: guests are of that, however they are written above.
fn contract(resolve: &mut wit_parser::Resolve) -> (wit_parser::PackageId, String) {
    let (package, _) = resolve.push_dir(crate::root().join("wit")).expect("the contract is parsed");
    let version = resolve.packages[package].name.version.as_ref().expect("the contract has a version").to_string();
    (package, version)
}

/// Says "tem" if the store knows an order of the customer's, and nothing else.
pub fn asking_for_orders() -> Vec<u8> {
    component(
        "(import \"ponte:flow/send@0.1.0\" \"text\" (func $text (param i32 i32 i32 i32 i32)))
         (import \"ponte:flow/orders@0.1.0\" \"of-contact\" (func $orders (param i32)))
         (data (i32.const 1024) \"tem\")",
        &format!(
            "(call $orders (i32.const 256))
             (if (i32.and (i32.eqz (i32.load8_u (i32.const 256))) (i32.load (i32.const 268)))
                (then (call $text {CONTACT} (i32.const 1024) (i32.const 3) (i32.const 512))))"
        ),
    )
}

/// Says what the model says to what the customer wrote; where it is refused, "sem modelo".
pub fn asking_a_model() -> Vec<u8> {
    component(
        "(import \"ponte:flow/send@0.1.0\" \"text\" (func $text (param i32 i32 i32 i32 i32)))
         (import \"ponte:flow/ai@0.1.0\" \"complete\" (func $ask (param i32 i32 i32 i32 i32 i32 i32)))
         (data (i32.const 1024) \"sem modelo\")",
        &format!(
            "(i32.store8 (i32.const 256) (i32.const 1))
             (i32.store (i32.const 260) (i32.load offset=64 (local.get 0)))
             (i32.store (i32.const 264) (i32.load offset=68 (local.get 0)))
             (call $ask (i32.const 256) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 20)
                        (i32.const 288))
             (if (i32.eqz (i32.load8_u (i32.const 288)))
                (then (call $text {CONTACT} (i32.load (i32.const 296)) (i32.load (i32.const 300)) (i32.const 512)))
                (else (call $text {CONTACT} (i32.const 1024) (i32.const 10) (i32.const 512))))"
        ),
    )
}
