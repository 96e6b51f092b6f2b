//! One thing wrong at a time, and then many.

use std::fmt::Write;

use crate::kit::{Package, lines};

const MANIFEST: &str = "flow.toml";
const SCHEMA: &str = "settings.schema.json";

/// File, what it says, what it says instead.
type Edit = (&'static str, &'static str, &'static str);

#[rustfmt::skip]
const EDITS: &[Edit] = &[
    // Shape.
    (MANIFEST, "[flow]\n", "[flow\n"),
    (MANIFEST, "name = \"greeter\"", "name = greeter"),
    (MANIFEST, "[limits]", "[limit]"),
    (MANIFEST, "memory_mib = 16", "memory_mb = 16"),
    (MANIFEST, "memory_mib = 16", "memory_mib = 0"),
    (MANIFEST, "memory_mib = 16", "memory_mib = \"16\""),
    (MANIFEST, "memory_mib = 16", "xyz = 1"),
    (MANIFEST, "[trigger]\nevents", "[trigger]\nevent"),
    (MANIFEST, "\"message\", \"edit\"", "\"messages\", \"sent\""),
    (MANIFEST, "\"message\", \"edit\"", "\"edit\", \"edit\""),
    (MANIFEST, "hours = \"open\"", "hours = \"opened\""),
    (MANIFEST, "hours = \"open\"", "hours = true"),
    (MANIFEST, "trap = \"skip\"\n", ""),
    (MANIFEST, "trap = \"skip\"", "trap = \"retry\""),
    (MANIFEST, "text = \"sorry\"", "text = \"sorry\"\ntries = 11"),
    (MANIFEST, "[failure]\ntrap = \"skip\"\ntimeout = \"default-reply\"\nreject = \"hand-off\"\ntext = \"sorry\"\n", ""),
    (MANIFEST, "[limits]", "[send]\nwhen_closed = \"later\"\n\n[limits]"),
    (MANIFEST, "[limits]", "[send]\nwhen_closed = \"template\"\n\n[limits]"),
    (MANIFEST, "[limits]", "[send.closed_template]\nname = \"Volte!\"\n\n[limits]"),
    (MANIFEST, "[limits]", "[send.ceiling]\nhour = 0\n\n[limits]"),
    // What it is.
    (MANIFEST, "name = \"greeter\"", "name = \"Greeter!\""),
    (MANIFEST, "name = \"greeter\"\n", ""),
    (MANIFEST, "\"1.2.3\"", "\"1.2\""),
    (MANIFEST, "\"1.2.3\"", "1.2"),
    (MANIFEST, "\"ponte:flow@0.1.0\"", "\"ponte:flow@0.2.0\""),
    (MANIFEST, "\"ponte:flow@0.1.0\"", "\"ponte:flow@0.1.9\""),
    (MANIFEST, "\"ponte:flow@0.1.0\"", "\"0.1.0\""),
    // Words for people.
    (MANIFEST, "[flow.title]\npt-BR", "[flow.title]\npt-br"),
    (MANIFEST, "es = \"Recepción\"", "es = \" \""),
    (MANIFEST, "es = \"Recepción\"\n", ""),
    (MANIFEST, "[flow.summary]\npt-BR = \"Cumprimenta quem chega.\"\nes = \"Saluda a quien llega.\"\nen = \"Greets people.\"\n", ""),
    (MANIFEST, ", en = \"Greet.\"", ""),
    (MANIFEST, "send = {", "sned = {"),
    (MANIFEST, "state = { pt-BR = \"Lembrar de quem veio.\", es = \"Recordar quién vino.\", en = \"Remember who came.\" }", "state = true"),
    // Schedules and failures.
    (MANIFEST, "0 9 * * mon-fri", "0 9 * * seg-sex"),
    (MANIFEST, "0 9 * * mon-fri", "0 9 * *"),
    (MANIFEST, "[failure]", "[[schedules]]\nname = \"morning\"\ncron = \"0 0 30 2 *\"\n\n[failure]"),
    (MANIFEST, "name = \"morning\"\n", ""),
    (MANIFEST, "text = \"sorry\"\n", ""),
    (MANIFEST, "text = \"sorry\"", "text = \"sory\""),
    (MANIFEST, "send = { pt-BR = \"Cumprimentar.\", es = \"Saludar.\", en = \"Greet.\" }\n", ""),
    (MANIFEST, "[trigger]\nevents = [\"message\", \"edit\"]\nhours = \"open\"\n\n[[schedules]]\nname = \"morning\"\ncron = \"0 9 * * mon-fri\"\n", ""),
    // Files.
    (MANIFEST, "\"plugin.wasm\"", "\"../plugin.wasm\""),
    (MANIFEST, "\"plugin.wasm\"", "\"/etc/passwd\""),
    (MANIFEST, "\"plugin.wasm\"", "\"greeter.wasm\""),
    (MANIFEST, "\"plugin.wasm\"", "\"texts/en.toml\""),
    (MANIFEST, "\"settings.schema.json\"", "\"settings.json\""),
    (MANIFEST, "\"settings.schema.json\"", "\"texts/en.toml\""),
    (MANIFEST, "texts = \"texts\"", "texts = \"words\""),
    (MANIFEST, "\"es\", \"en\"]", "\"es\", \"en\", \"fr\"]"),
    (MANIFEST, "\"es\", \"en\"]", "\"es\", \"en\", \"../../en\"]"),
    (MANIFEST, "\"es\", \"en\"]", "\"en\"]"),
    (MANIFEST, "languages = [\"pt-BR\", \"es\", \"en\"]", "languages = \"pt-BR\""),
    // Texts.
    ("texts/es.toml", "hello = \"¡Hola!\"\n", ""),
    ("texts/es.toml", "\"¡Hola!\"", "\"¡Hola!"),
    ("texts/es.toml", "\"¡Hola!\"", "{ a = 1 }"),
    ("texts/es.toml", "hello", "Hello"),
    // The settings schema.
    (SCHEMA, "\"type\": \"object\",\n  \"additionalProperties\": false,\n  \"required\": [\"timezone\", \"sectors\"],", "\"type\": \"object\","),
    (SCHEMA, "2020-12", "2019-09"),
    (SCHEMA, "\"type\": \"array\",\n      \"items\": { \"type\": \"string\" },", "\"type\": \"list\","),
    (SCHEMA, "\"title\": { \"type\": \"string\", \"maxLength\": 20 }", "\"title\": { \"type\": \"string\", \"maxLength\": -1 }"),
    (SCHEMA, "\"^[a-z]+$\"", "\"^[a-z+$\""),
    (SCHEMA, "\"^[a-z]+$\"", "\"^(?!x)[a-z]+$\""),
    (SCHEMA, "\"items\": { \"$ref\": \"#/$defs/sector\" }", "\"items\": { \"$ref\": \"#/$defs/sektor\" }"),
    (SCHEMA, "\"items\": { \"$ref\": \"#/$defs/sector\" }", "\"items\": { \"$ref\": \"https://example.org/sector.json\" }"),
    (SCHEMA, "\"default\": \"friendly\"", "\"default\": \"rude\""),
    (SCHEMA, "\"maximum\": 72, \"default\": 12", "\"maximum\": 72, \"default\": 120"),
    (SCHEMA, "\"en\": \"Hours\"", "\"de\": \"Zeiten\""),
    (SCHEMA, "\"en\": \"At least one.\"", "\"en\": \"\""),
    (SCHEMA, ",\n      \"x-ponte\": { \"title\": { \"pt-BR\": \"Tom\", \"es\": \"Tono\", \"en\": \"Tone\" } }", ""),
    (SCHEMA, "\"timezone\": {", "\"zone\": {"),
    (SCHEMA, "\"hours\": {\n      \"anyOf\"", "\"opening\": {\n      \"anyOf\""),
    (SCHEMA, "\"pattern\": \"^[a-z]+$\",", "\"pattern\": \"^[a-z]+$\""),
];

#[test]
fn one_thing_wrong() {
    let mut told = String::new();
    for (file, from, to) in EDITS {
        let package = Package::good();
        package.edit(file, from, to);
        let error = package.open().map(|_| ()).expect_err(&format!("{file}: {from} -> {to}"));
        assert!(error.problems.iter().all(|problem| problem.line > 0), "{file}: {from} -> {to}: {error:#}");
        writeln!(told, "## {file}: {} -> {}\n{}\n", from.escape_debug(), to.escape_debug(), lines(&error.problems))
            .unwrap();
    }
    insta::assert_snapshot!(told.replace("No such file or directory (os error 2)", "(not found)"));
}

#[test]
fn files_that_are_not_there_or_not_what_they_should_be() {
    type Spoil = (&'static str, fn(&Package));
    let table: [Spoil; 7] = [
        ("no manifest", |package| package.delete("flow.toml")),
        ("a manifest that is not text", |package| package.write("flow.toml", [0xff, 0xfe])),
        ("an empty manifest", |package| package.write("flow.toml", "")),
        ("a manifest without end", |package| package.write("flow.toml", vec![b'#'; (1 << 20) + 1])),
        ("no plugin", |package| package.delete("plugin.wasm")),
        ("a core module", |package| package.write("plugin.wasm", b"\0asm\x01\0\0\0")),
        ("a text in no language", |package| package.write("texts/fr.toml", "hello = 'Salut'")),
    ];
    let mut told = String::new();
    for (what, spoil) in table {
        let package = Package::good();
        spoil(&package);
        let error = package.open().map(|_| ()).expect_err(what);
        writeln!(told, "## {what}\n{}\n", lines(&error.problems)).unwrap();
    }
    insta::assert_snapshot!(told.replace("No such file or directory (os error 2)", "(not found)"));
}

/// The policy is the shop's and the host's: there is no word in a package that reaches it.
#[test]
fn s0_no_manifest_key_and_no_setting_of_a_flow_reaches_the_policy() {
    for more in [
        "[policy]\nwindow = false\n",
        "[consent]\nrequired = false\n",
        "[routing]\nowner = \"flow\"\n",
        "[on_phone]\ntemplates = [\"marketing\"]\n",
        "[quiet_hours]\nfrom = \"00:00\"\n",
        "[app_only]\ntenant = false\n",
    ] {
        let package = Package::good();
        package.edit(MANIFEST, "[limits]", &format!("{more}\n[limits]"));
        let error = package.open().map(|_| ()).expect_err(more);
        let key = more[1..].split(']').next().unwrap();
        assert!(lines(&error.problems).contains(key), "{more}: {error:#}");
    }
    // Settings are the flow's own words: others are refused, so nobody is led to believe that they count.
    let package = Package::good().open().unwrap().snapshot;
    let sectors = "sectors = [{ id = \"sales\", title = \"Vendas\" }]\n";
    assert!(package.check_settings("settings.toml", sectors).is_ok());
    for word in ["ignore_window = true", "skip_consent = true", "provider = \"unofficial\"", "throughput = 1000"] {
        let error = package.check_settings("settings.toml", &format!("{word}\n{sectors}")).map(|_| ()).expect_err(word);
        let key = word.split(' ').next().unwrap();
        assert!(lines(&error.problems).contains(key), "{word}: {error:#}");
    }
}

/// Everything is said at once, and the command line can print the marked places.
#[test]
fn many_things_wrong() {
    let package = Package::good();
    package.edit(MANIFEST, "\"1.2.3\"", "\"1.2\"");
    package.edit(MANIFEST, "0 9 * * mon-fri", "0 9 * * seg-sex");
    package.edit(MANIFEST, "send = {", "sned = {");
    package.edit("texts/es.toml", "hello = \"¡Hola!\"\n", "");
    package.edit(SCHEMA, "\"default\": \"friendly\"", "\"default\": \"rude\"");
    package.delete("plugin.wasm");
    let mut error = package.open().map(|_| ()).unwrap_err();
    error.dir = "flows/greeter".into();
    assert_eq!(error.to_string(), "the flow package flows/greeter cannot be used, for 7 reasons");
    let report = format!("{error:#}\n\n{}", render(&error));
    insta::assert_snapshot!(report.replace("No such file or directory (os error 2)", "(not found)"));
}

fn render(error: &dyn miette::Diagnostic) -> String {
    let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor()).with_width(120);
    let mut text = String::new();
    handler.render_report(&mut text, error).unwrap();
    text
}
