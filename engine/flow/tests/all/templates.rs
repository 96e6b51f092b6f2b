//! The templates that a package brings.

use ponte_flow::{FlowPackage, PackageSnapshot, TemplateFault};

use crate::kit::{Package, lines};

const BODY: &str =
    "{\n  \"name\": \"order\",\n  \"components\": [\n    { \"type\": \"BODY\", \"text\": \"Oi\" }\n  ]\n}\n";

fn with_templates() -> Package {
    let package = Package::good();
    std::fs::create_dir(package.path("templates")).unwrap();
    package.write("templates/order.pt_BR.json", BODY);
    package.write("templates/order.es.json", BODY);
    package
}

#[test]
fn templates_are_found_by_their_files_and_kept_with_the_package() {
    let package = with_templates();
    // The folder need not be named; under another name it must be.
    for edit in [None, Some(("texts = \"texts\"", "texts = \"texts\"\ntemplates = \"templates\""))] {
        if let Some((from, to)) = edit {
            package.edit("flow.toml", from, to);
        }
        let snapshot = package.open().unwrap_or_else(|error| panic!("{error:#}")).snapshot;
        let found: Vec<_> = snapshot.templates.iter().map(|one| (one.name.as_str(), one.language.as_str())).collect();
        assert_eq!(found, [("order", "es"), ("order", "pt_BR")]);
        assert_eq!(snapshot.templates[0].body["components"][0]["text"], "Oi");
        let stored = serde_json::to_value(&snapshot).unwrap();
        assert_eq!(serde_json::from_value::<PackageSnapshot>(stored).unwrap(), snapshot);
    }
}

#[test]
fn what_is_wrong_with_a_template_is_told_with_its_place_and_all_at_once() {
    let package = with_templates();
    package.write("templates/Order.pt_BR.json", BODY);
    package.write("templates/order.txt", "x");
    package.write("templates/other.en.json", "{ \"name\": }");
    let check = |files: &[ponte_flow::TemplateFile]| {
        let at = |pointer: &str| TemplateFault {
            index: files.iter().position(|file| file.language == "pt_BR").unwrap(),
            pointer: pointer.to_owned(),
            what: format!("wrong at {pointer}"),
            help: Some("mend it".to_owned()),
        };
        vec![at("/components/0/text"), at("/components/0/example"), at("/language")]
    };
    let dir = package.path("");
    let error = FlowPackage::open_with(&dir, &check).map(|_| ()).unwrap_err();
    let name = "call it `<name>.<language>.json`, such as `order_confirmed.pt_BR.json`: the name of a-z, 0-9 and _, \
                the language as Meta writes it";
    let expected = [
        format!("templates/Order.pt_BR.json: `Order.pt_BR.json` names no template and language; {name}"),
        "templates/order.pt_BR.json:1:1: wrong at /language; mend it".to_owned(),
        // The nearest part that is written down.
        "templates/order.pt_BR.json:4:5: wrong at /components/0/example; mend it".to_owned(),
        "templates/order.pt_BR.json:4:31: wrong at /components/0/text; mend it".to_owned(),
        format!("templates/order.txt: `order.txt` names no template and language; {name}"),
        "templates/other.en.json:1:11: expected value".to_owned(),
    ];
    assert_eq!(lines(&error.problems), expected.join("\n"));
}

#[test]
fn a_folder_that_the_manifest_names_must_be_there() {
    let package = Package::good();
    package.edit("flow.toml", "texts = \"texts\"", "texts = \"texts\"\ntemplates = \"modelos\"");
    let error = package.open().map(|_| ()).unwrap_err();
    let expected = "`modelos` is no folder; put templates there as `<name>.<language>.json`, or leave `templates` out";
    assert_eq!(error.problems.len(), 1);
    assert!(error.problems[0].line > 0 && error.problems[0].one_line().ends_with(expected), "{error:#}");
}

#[test]
fn a_template_may_be_needed_with_a_setting_only_and_both_must_be_there() {
    let package = with_templates();
    package.edit("flow.toml", "[failure]", "[needed_with]\norder = \"hours\"\n\n[failure]");
    let snapshot = package.open().unwrap_or_else(|error| panic!("{error:#}")).snapshot;
    assert_eq!(snapshot.manifest.needed_with["order"], "hours");
    package.edit("flow.toml", "order = \"hours\"", "invoice = \"hours\"\norder = \"nothing\"");
    let error = package.open().map(|_| ()).unwrap_err();
    let told = lines(&error.problems);
    assert!(told.contains("the package brings no template `invoice`"), "{told}");
    assert!(told.contains("the setting `nothing`, which the settings schema does not declare"), "{told}");
}
