//! How long and how many. Source: Meta, the page of each message type, 2025 and 2026. Lengths are in UTF-16 units:
//! Meta does not say what it counts, and this is the strictest reading.

/// The length of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Length {
    pub(crate) path: &'static str,
    pub(crate) max: usize,
    pub(crate) required: bool,
}

/// The number of things.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Count {
    pub(crate) path: &'static str,
    pub(crate) min: usize,
    pub(crate) max: usize,
}

/// The rules of one message type, or of one kind of interactive message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) kind: &'static str,
    pub(crate) lengths: &'static [Length],
    pub(crate) counts: &'static [Count],
    /// No two of these may be equal.
    pub(crate) unique: &'static [&'static str],
    /// The header types that an interactive message may have.
    pub(crate) headers: &'static [&'static str],
}

const NONE: Rules = Rules { kind: "", lengths: &[], counts: &[], unique: &[], headers: &[] };

const fn must(path: &'static str, max: usize) -> Length {
    Length { path, max, required: true }
}

const fn may(path: &'static str, max: usize) -> Length {
    Length { path, max, required: false }
}

const fn count(path: &'static str, min: usize, max: usize) -> Count {
    Count { path, min, max }
}

const BODY: Length = must("interactive.body.text", 1024);
const HEADER: Length = may("interactive.header.text", 60);
const FOOTER: Length = may("interactive.footer.text", 60);
const ANY_HEADER: &[&str] = &["text", "image", "video", "document"];

/// Of every request.
pub(crate) const COMMON: &[Length] = &[may("biz_opaque_callback_data", 512)];

/// By message type.
pub(crate) const MESSAGES: &[Rules] = &[
    Rules { kind: "text", lengths: &[must("text.body", 4096)], ..NONE },
    Rules { kind: "image", lengths: &[may("image.caption", 1024)], ..NONE },
    Rules { kind: "video", lengths: &[may("video.caption", 1024)], ..NONE },
    Rules { kind: "document", lengths: &[may("document.caption", 1024)], ..NONE },
    Rules { kind: "audio", ..NONE },
    Rules { kind: "sticker", ..NONE },
    Rules { kind: "location", ..NONE },
    Rules {
        kind: "contacts",
        lengths: &[must("contacts[].name.formatted_name", usize::MAX)],
        counts: &[count("contacts[]", 1, 257)],
        ..NONE
    },
    Rules { kind: "reaction", lengths: &[must("reaction.message_id", usize::MAX)], ..NONE },
    Rules { kind: "interactive", lengths: &[must("interactive.type", usize::MAX)], ..NONE },
    Rules { kind: "template", lengths: &[must("template.name", 512), must("template.language.code", 20)], ..NONE },
];

/// By `interactive.type`.
pub(crate) const INTERACTIVE: &[Rules] = &[
    Rules {
        kind: "button",
        lengths: &[
            HEADER,
            BODY,
            FOOTER,
            must("interactive.action.buttons[].reply.title", 20),
            must("interactive.action.buttons[].reply.id", 256),
        ],
        counts: &[count("interactive.action.buttons[]", 1, 3)],
        unique: &["interactive.action.buttons[].reply.title", "interactive.action.buttons[].reply.id"],
        headers: ANY_HEADER,
    },
    Rules {
        kind: "list",
        lengths: &[
            HEADER,
            must("interactive.body.text", 4096),
            FOOTER,
            must("interactive.action.button", 20),
            may("interactive.action.sections[].title", 24),
            must("interactive.action.sections[].rows[].id", 200),
            must("interactive.action.sections[].rows[].title", 24),
            may("interactive.action.sections[].rows[].description", 72),
        ],
        counts: &[count("interactive.action.sections[]", 1, 10), count("interactive.action.sections[].rows[]", 1, 10)],
        unique: &["interactive.action.sections[].rows[].id"],
        headers: &["text"],
    },
    Rules {
        kind: "cta_url",
        lengths: &[
            HEADER,
            BODY,
            FOOTER,
            must("interactive.action.parameters.display_text", 20),
            must("interactive.action.parameters.url", 2000),
        ],
        headers: ANY_HEADER,
        ..NONE
    },
    Rules {
        kind: "flow",
        lengths: &[HEADER, BODY, FOOTER, must("interactive.action.parameters.flow_cta", 30)],
        headers: ANY_HEADER,
        ..NONE
    },
    Rules {
        kind: "product",
        lengths: &[
            may("interactive.body.text", 1024),
            FOOTER,
            must("interactive.action.catalog_id", usize::MAX),
            must("interactive.action.product_retailer_id", usize::MAX),
        ],
        ..NONE
    },
    Rules {
        kind: "product_list",
        lengths: &[
            must("interactive.header.text", 60),
            BODY,
            FOOTER,
            must("interactive.action.catalog_id", usize::MAX),
            may("interactive.action.sections[].title", 24),
            must("interactive.action.sections[].product_items[].product_retailer_id", usize::MAX),
        ],
        counts: &[
            count("interactive.action.sections[]", 1, 10),
            count("interactive.action.sections[].product_items[]", 1, 30),
        ],
        headers: &["text"],
        ..NONE
    },
    Rules { kind: "catalog_message", lengths: &[BODY, FOOTER], ..NONE },
    Rules {
        kind: "carousel",
        lengths: &[
            BODY,
            must("interactive.action.cards[].type", usize::MAX),
            may("interactive.action.cards[].body.text", 160),
            may("interactive.action.cards[].action.parameters.display_text", 20),
        ],
        counts: &[count("interactive.action.cards[]", 2, 10)],
        unique: &["interactive.action.cards[].card_index"],
        ..NONE
    },
    Rules { kind: "location_request_message", lengths: &[BODY], ..NONE },
    Rules { kind: "request_contact_info", lengths: &[BODY], ..NONE },
    Rules { kind: "address_message", lengths: &[BODY, must("interactive.action.parameters.country", 2)], ..NONE },
    Rules { kind: "call_permission_request", lengths: &[may("interactive.body.text", 1024)], ..NONE },
    Rules { kind: "voice_call", lengths: &[BODY, may("interactive.action.parameters.display_text", 20)], ..NONE },
    Rules {
        kind: "order_details",
        lengths: &[BODY, FOOTER, must("interactive.action.parameters.reference_id", 60)],
        headers: &["image"],
        ..NONE
    },
    Rules {
        kind: "order_status",
        lengths: &[BODY, FOOTER, must("interactive.action.parameters.reference_id", 60)],
        ..NONE
    },
];

/// A template's text after filling in.
pub(crate) const TEMPLATE_BODY: usize = 1024;
