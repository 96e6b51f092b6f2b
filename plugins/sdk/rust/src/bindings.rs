//! The contract, as generated from `wit/`.
#![allow(missing_docs, unsafe_code, unreachable_pub, unused_qualifications, clippy::all)]

wit_bindgen::generate!({
    path: "../../../wit",
    world: "flow",
    generate_all,
    pub_export_macro: true,
    default_bindings_module: "ponte_sdk::bindings",
    additional_derives: [PartialEq],
});
