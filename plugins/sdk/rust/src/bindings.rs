//! The contract, as generated from `wit/`.
#![allow(missing_docs, unsafe_code, unreachable_pub, unused_qualifications, clippy::all)]

wit_bindgen::generate!({
    path: "../../../wit",
    // A guest imports what it calls and nothing else, so the larger world costs the others nothing.
    world: "connected-flow",
    generate_all,
    pub_export_macro: true,
    default_bindings_module: "ponte_sdk::bindings",
    additional_derives: [PartialEq],
});
