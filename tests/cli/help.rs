//! `--help` says what things do.

use crate::shop::Shop;

#[tokio::test]
async fn each_command_says_what_it_does() {
    let shop = Shop::new();
    for (command, words) in [
        ("", &["ponte demo", "ponte.toml", "serve", "doctor", "events", "flow", "number", "PONTE_CONFIG"][..]),
        ("serve", &["Take webhooks", "/webhooks/whatsapp", "/readyz", "SIGTERM"]),
        ("demo", &["simulated WhatsApp", "--script", "exits 0"]),
        ("events", &["decode"]),
        ("events decode", &["one normalized event per line", "standard input", "Exits"]),
        ("flow", &["install", "list", "remove"]),
        ("flow install", &["flow.toml", "--settings", "--number", "--priority"]),
        ("flow list", &["--json"]),
        ("flow remove", &["its state and its timers"]),
        ("number", &["add", "list", "show", "pause", "resume", "app-only"]),
        ("number add", &["phone_number_id", "--mode", "coexistence", "--throughput"]),
        ("number list", &["--json"]),
        ("template", &["sync", "list", "check", "submit"]),
        ("template sync", &["every six hours", "webhooks"]),
        ("template check", &["examples/template.json", "Exits", "--json"]),
        ("template submit", &["--waba", "another category"]),
        ("number show", &["--json", "--language", "pt-BR"]),
        ("number app-only", &["on", "off"]),
        ("number changes", &["what ends", "--language", "--json"]),
        ("number phone", &["--release-after", "--release-daily", "--release-keyword", "--away-text", "--learn-texts"]),
        ("route", &["show", "set", "rollback", "explain", "dry-run"]),
        ("route explain", &["--event", "--message", "--contact", "--number", "--at", "which condition failed"]),
        ("route dry-run", &["--since", "Nothing is changed"]),
        ("conversation show", &["who speaks", "why", "--json"]),
        ("conversation release", &["whoever held it", "--by"]),
        ("conversation take", &["--for", "team", "--by"]),
        ("outbox list", &["--why", "--json"]),
        ("http list", &["--flow", "stand-ins", "--json"]),
        ("secret set", &["standard input", "secrets.key", "never sees it"]),
        ("secret list", &["never what they are", "--json"]),
        ("money", &["report", "estimate", "budget"]),
        ("money report", &["--month", "--by", "--within", "--json", "upper bound"]),
        ("money estimate", &["--to", "--category", "--from", "--people", "--json"]),
        ("money budget", &["set", "list", "remove"]),
        ("money budget set", &["--hard", "--soft", "--currency", "--flow", "always"]),
        ("", &["For builders", "For operators", "new", "build", "check"]),
        ("new", &["Examples", "--lang", "rust, ts, js, python, c", "--dir"]),
        ("build", &["Examples", "Cargo.toml", "how to install it", "Exits"]),
        ("check", &["Examples", "--json", "--deny-warnings", "scenarios", "Exits"]),
        ("test", &["scenarios/", "--edge", "--junit", "--watch", "Exits 0"]),
        ("chat export", &["--keep-text", "NUMBER/CONTACT", "Names"]),
        ("doctor", &["Check the configuration", "what to do"]),
    ] {
        let args: Vec<_> = command.split_whitespace().chain(["--help"]).collect();
        let said = shop.ponte(&args).await.ok();
        for word in words {
            assert!(said.out.contains(word), "{word:?} is missing in `ponte {command} --help`:\n{}", said.out);
        }
        assert!(!said.out.contains("compile-component"), "what is not for people is hidden");
    }
    let said = shop.ponte(&["serv"]).await;
    assert!(said.code == Some(2) && said.err.contains("'serve'"), "{said:#?}");
}
