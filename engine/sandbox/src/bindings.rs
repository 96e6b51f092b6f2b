//! The contract of `wit/` in Rust, generated.
#![allow(missing_docs, unreachable_pub, reason = "generated; the documentation is in the WIT files")]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "ponte:flow/connected-flow",
    imports: {
        // Those that ask the broker something that may wait for the store.
        "ponte:flow/send.text": async | trappable,
        "ponte:flow/send.file": async | trappable,
        "ponte:flow/send.file-link": async | trappable,
        "ponte:flow/send.place": async | trappable,
        "ponte:flow/send.buttons": async | trappable,
        "ponte:flow/send.options": async | trappable,
        "ponte:flow/send.template": async | trappable,
        "ponte:flow/send.react": async | trappable,
        "ponte:flow/send.other": async | trappable,
        "ponte:flow/state.get": async | trappable,
        "ponte:flow/state.add": async | trappable,
        "ponte:flow/state.expire-after": async | trappable,
        "ponte:flow/contacts.get": async | trappable,
        "ponte:flow/contacts.named": async | trappable,
        "ponte:flow/conversation.recent": async | trappable,
        // Those that ask somebody outside.
        "ponte:flow/http.get": async | trappable,
        "ponte:flow/http.send-later": async | trappable,
        "ponte:flow/secrets.reference": async | trappable,
        "ponte:flow/orders.find": async | trappable,
        "ponte:flow/orders.of-contact": async | trappable,
        "ponte:flow/ai.complete": async | trappable,
        // The rest only touches memory.
        default: trappable,
    },
    exports: { default: async },
});
