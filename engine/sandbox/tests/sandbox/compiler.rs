//! The compiler: what it refuses and in which words, its process, its cache.

use std::fs;

use ponte_sandbox::{CompileError, Compiler, Limits, Outcome, Unfit, compile_child_main, inspect};

use crate::broker::{Maps, request};
use crate::guests::{Guest, guest};
use crate::support::{run, sandbox};

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

#[test]
fn what_cannot_be_a_flow_is_told_in_the_authors_words() {
    let unknown = |import: &str, call: &str| {
        wat(&format!(r#"(component (import "{import}" (instance (export "{call}" (func)))))"#))
    };
    // Imports that nobody calls are left out by the encoder, as they should be.
    let unused = Guest { imports: &["acme:things/api@1.0.0"], ..Guest::default() };
    assert!(inspect(&unused.build()).is_ok());
    let table: [(&str, Vec<u8>, &str); 9] = [
        ("text", b"hello".to_vec(), "is no WebAssembly, not a component: build it with the SDK's recipe"),
        ("a module", wat("(module)"), "is a core module, not a component"),
        ("damage", guest(&[], "")[..200].to_vec(), "is damaged"),
        ("nothing", wat("(component)"), "does not export ponte:flow/handler"),
        ("0.2", Guest { version: "0.2.0", ..Guest::default() }.build(), "needs ponte:flow 0.2; this host offers 0.1"),
        ("http", unknown("wasi:http/outgoing-handler@0.2.6", "handle"), "imports wasi:http, which flows do not have"),
        ("things", unknown("acme:things/api@1.0.0", "call"), "imports acme:things/api@1.0.0, which flows do not have"),
        ("files", unknown("ponte:flow/files@0.1.0", "get"), "imports ponte:flow/files@0.1.0, which flows"),
        ("too much", vec![0; (64 << 20) + 1], "at most 64 MiB"),
    ];
    for (what, bytes, words) in table {
        let unfit = inspect(&bytes).expect_err(what);
        assert!(unfit.to_string().contains(words), "{what}: {unfit}");
    }
}

/// Groups stay on the phone: the contract has no word for them, and a component that asks for one is refused.
#[test]
fn s2_s3_a_flow_that_asks_for_groups_is_refused() {
    for (import, call) in [
        ("ponte:flow/groups@0.1.0", "send"),
        ("ponte:flow/group@0.1.0", "create"),
        ("whatsapp:groups/api@1.0.0", "list"),
    ] {
        let component = wat(&format!(r#"(component (import "{import}" (instance (export "{call}" (func)))))"#));
        let unfit = inspect(&component).expect_err(import);
        assert!(unfit.to_string().contains(&format!("imports {import}, which flows do not have")), "{unfit}");
    }
    // A group function in an interface that there is.
    let unknown = r#"(component (import "ponte:flow/send@0.1.0" (instance (export "group-text" (func)))))"#;
    assert!(inspect(&wat(unknown)).is_err());
    let contract = ["events", "flow", "host", "types"].map(|file| format!("../../wit/{file}.wit"));
    for file in contract {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
        assert!(!code.map(str::to_lowercase).any(|line| line.contains("group")), "{file} has a word for groups");
    }
}

#[tokio::test]
async fn a_patch_version_is_the_same_contract() {
    let body = "(drop (call $run.now))";
    let later = Guest { version: "0.1.7", calls: &["run.now"], body, ..Guest::default() };
    let report = run(later.build()).await;
    assert_eq!((report.outcome, report.usage.host_calls), (Outcome::Done, 1));
}

#[tokio::test]
async fn what_only_shows_when_compiled_is_refused_as_well() {
    let dir = tempfile::tempdir().unwrap();
    let compiler = Compiler::in_process(dir.path()).unwrap();
    let memories = Guest { fields: "(memory 1) (memory 1)", ..Guest::default() };
    let table = Guest { fields: "(table 30000 funcref)", ..Guest::default() };
    let handler = r#"(component
        (instance $h)
        (export "ponte:flow/handler@0.1.0" (instance $h)))"#;
    for (bytes, words) in [
        (memories.build(), "has 3 memories; a flow may have 2"),
        (table.build(), "has 30000 elements in a table to begin with; a flow may have 20000"),
        (wat(handler), "does not fit ponte:flow 0.1"),
    ] {
        let error = compiler.compile(bytes).await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left behind");
}

/// The child's side of the tests below: started by them, and by nobody else.
#[test]
#[ignore = "run by the tests of the compiler as their child process"]
fn acts_as_the_compiler() {
    // The harness has written its own words to standard output, which nobody reads.
    let code = compile_child_main();
    std::process::exit(i32::from(code != std::process::ExitCode::SUCCESS));
}

fn child(dir: &std::path::Path) -> Compiler {
    let args = ["--exact", "compiler::acts_as_the_compiler", "--ignored", "--nocapture"];
    Compiler::child(dir, std::env::current_exe().unwrap(), args).unwrap()
}

#[tokio::test]
async fn a_child_compiles_and_its_work_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let component = guest(&["run.now"], "(drop (call $run.now))");
    let compiled = child(dir.path()).compile(component.clone()).await.unwrap();
    assert_eq!(*compiled.info(), inspect(&component).unwrap());
    assert_eq!(compiled.info().core_instances, 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(dir.path()), mode(compiled.path())), (0o700, 0o600));
    }
    let plugin = sandbox().load(&compiled, Limits::default()).unwrap();
    let report = sandbox().run(&plugin, request(), Box::new(Maps::default())).await;
    assert_eq!(report.outcome, Outcome::Done);

    // A program that cannot compile anything: the cache answers.
    let nobody = Compiler::child(dir.path(), "/nonexistent", [""; 0]).unwrap();
    assert_eq!(nobody.compile(component).await.unwrap(), compiled);
    let error = nobody.compile(guest(&[], "")).await.unwrap_err();
    assert!(matches!(&error, CompileError::Died(why) if why.contains("/nonexistent")), "{error}");
}

#[tokio::test]
async fn a_childs_refusal_comes_back_whole() {
    let dir = tempfile::tempdir().unwrap();
    let component = Guest { fields: "(memory 1) (memory 1)", ..Guest::default() }.build();
    let error = child(dir.path()).compile(component).await.unwrap_err();
    let unfit = Unfit::TooMany { what: "memories".into(), has: 3, most: 2 };
    assert!(matches!(&error, CompileError::Unfit(is) if *is == unfit), "{error}");
}

#[tokio::test]
async fn a_damaged_cache_is_not_trusted() {
    let dir = tempfile::tempdir().unwrap();
    let compiler = Compiler::in_process(dir.path()).unwrap();
    let component = guest(&[], "");
    let compiled = compiler.compile(component.clone()).await.unwrap();
    let good = fs::read(compiled.path()).unwrap();
    let mut damaged = good.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    for wrong in [damaged, good[..middle].to_vec(), Vec::new()] {
        fs::write(compiled.path(), wrong).unwrap();
        let again = compiler.compile(component.clone()).await.unwrap();
        assert_eq!(fs::read(again.path()).unwrap().len(), good.len());
        assert!(sandbox().load(&again, Limits::default()).is_ok());
    }
    fs::write(compiled.path().with_extension("json"), "{}").unwrap();
    assert!(compiler.compile(component).await.is_ok());
}
