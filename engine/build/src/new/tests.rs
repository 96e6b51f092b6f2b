use super::*;

/// A repository with one more language: a row in the table and two folders are all that it takes.
const REPOSITORY: &[(&str, &[u8])] = &[
    ("examples/first-python/.gitignore", b"x"),
    ("examples/first-python/README.md", b"See ../first-rust."),
    ("examples/first-python/flow.py", b"def greeter(event): ..."),
    ("examples/first-python/flow.toml", b"name = \"greeter\""),
    ("examples/first-python/icon.png", b"\xff greeter"),
    ("examples/first-python/requirements.txt", b"-e ../../plugins/sdk/python"),
    ("examples/first-python/scenarios/first.yaml", b"# greeter"),
    ("examples/first-rust/flow.toml", b"other"),
    ("plugins/sdk/python/build.py", b"WIT = here / \"../../../wit\""),
    ("plugins/sdk/rust/Cargo.toml", b"other"),
    ("wit/flow.wit", b"package ponte:flow@0.1.0;"),
];

#[test]
fn a_project_is_made_of_the_first_flow_the_sdk_and_the_contract() {
    let python = Language::parse("python").unwrap();
    assert!(has_template(REPOSITORY, python) && !has_template(REPOSITORY, Language::parse("c").unwrap()));
    let project = assemble(REPOSITORY, "hello", python);
    let text = |file: &str| {
        let (_, bytes) = project.iter().find(|(name, _)| name == file).unwrap_or_else(|| panic!("no {file}"));
        String::from_utf8_lossy(bytes).into_owned()
    };
    let names: Vec<_> = project.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        ".gitignore",
        "README.md",
        "flow.py",
        "flow.toml",
        "icon.png",
        "requirements.txt",
        "scenarios/first.yaml",
        "sdk/build.py",
        "wit/flow.wit",
    ];
    assert_eq!(names, expected);
    assert_eq!(text("flow.toml"), "name = \"hello\"");
    assert_eq!(text("flow.py"), "def greeter(event): ...", "a name in the source is the source's");
    assert_eq!(text("requirements.txt"), "-e sdk");
    assert_eq!(text("sdk/build.py"), "WIT = here / \"../wit\"");
    assert_eq!(text("scenarios/first.yaml"), "# greeter", "the same chat in every language");
    for left_behind in ["plugin.wasm", "/data/"] {
        assert!(text(".gitignore").lines().any(|line| line == left_behind), "{left_behind}");
    }
    let readme = text("README.md");
    assert!(
        readme.starts_with("# hello\n") && readme.contains("in Python") && readme.contains("`flow.py`"),
        "{readme}"
    );
    assert!(readme.contains("ponte test") && !readme.contains('@') && !readme.contains("npm"), "{readme}");
    let (_, icon) = project.iter().find(|(name, _)| name == "icon.png").unwrap();
    assert_eq!(icon, b"\xff greeter", "what is no text stays");
}

#[test]
fn every_template_of_this_binary_is_whole() {
    let there: Vec<_> = LANGUAGES.iter().filter(|language| language.has_template()).collect();
    assert!(there.iter().any(|language| language.word == "rust"));
    for language in there {
        let dir = tempfile::tempdir().unwrap();
        let made = create("hello-there", language, dir.path()).unwrap();
        for file in ["flow.toml", "settings.schema.json", "texts/en.toml", "scenarios/first.yaml", language.source] {
            assert!(made.files.iter().any(|known| known == file), "{}: {file} in {:?}", language.word, made.files);
        }
        let manifest = std::fs::read_to_string(dir.path().join("flow.toml")).unwrap();
        assert!(manifest.contains("name = \"hello-there\""), "{manifest}");
        assert!(dir.path().join("wit/flow.wit").is_file() && dir.path().join("sdk").is_dir());
        let project = crate::Project::find(dir.path()).unwrap();
        assert_eq!(project.language.word, language.word);
        assert!(matches!(create("x", language, dir.path()), Err(NewError::NotEmpty(_))));
        let file = create("x", language, &dir.path().join("flow.toml"));
        assert!(matches!(file, Err(NewError::NotAFolder(_))), "{file:?}");
        let readme = std::fs::read_to_string(dir.path().join("README.md")).unwrap();
        assert_eq!(readme.contains("npm run check"), language.word == "ts", "{readme}");
        outside_is_not_named(dir.path(), dir.path());
    }
}

/// Nothing in a project leads out of it.
fn outside_is_not_named(root: &Path, dir: &Path) {
    for entry in dir.read_dir().unwrap().flatten() {
        if entry.path().is_dir() {
            outside_is_not_named(root, &entry.path());
        } else if let Ok(text) = std::fs::read_to_string(entry.path()) {
            let file = entry.path().strip_prefix(root).unwrap().display().to_string();
            for way in ["plugins/sdk/", "../../../wit", "workspace = true"] {
                assert!(!text.contains(way), "{file} says {way}");
            }
        }
    }
}
