//! Every request example of Meta's own OpenAPI description, built from a message.

use std::path::PathBuf;

use ponte_model::MediaKind;
use ponte_model::send::*;
use ponte_whatsapp::outbound::build;
use serde_json::{Map, Value, json};

use crate::samples::*;

/// What Ponte writes and an example leaves out, or writes otherwise. Applied to the example.
enum Differs {
    /// The default `recipient_type`, which Ponte always writes.
    NoRecipientType,
    /// The type, which the example forgets.
    NoType(&'static str),
    /// No "+" before the digits of `to`.
    NoPlus,
    /// A key that Meta accepts and calls superfluous.
    Superfluous(&'static str, &'static str),
    /// A value that Meta takes in two forms: where, and Ponte's form.
    OtherForm(&'static str, Value),
}
use Differs::*;

const TO: &str = "{{Recipient-Phone-Number}}";

fn message(payload: Payload) -> Outbound {
    Outbound { to: Recipient::Phone(TO.into()), reply_to: None, payload }
}

fn reply(quoted: &str, payload: Payload) -> Outbound {
    Outbound { reply_to: Some(quoted.into()), ..message(payload) }
}

fn by_id(kind: MediaKind, id: &str) -> OutboundMedia {
    OutboundMedia { source: MediaSource::Id(id.into()), ..file(kind) }
}

fn captioned(file: OutboundMedia, caption: &str) -> Payload {
    Payload::Media(OutboundMedia { caption: Some(caption.into()), ..file })
}

fn full(header: &str, body: &str, footer: &str, action: Action) -> Payload {
    Payload::Interactive(Box::new(Interactive {
        header: Some(Header::Text(header.into())),
        body: Some(body.into()),
        footer: Some(footer.into()),
        action,
    }))
}

fn example_list() -> Payload {
    let row = |s: u8, r: u8| Row {
        id: format!("<LIST_SECTION_{s}_ROW_{r}_ID>"),
        title: format!("<SECTION_{s}_ROW_{r}_TITLE>"),
        description: Some(format!("<SECTION_{s}_ROW_{r}_DESC>")),
    };
    let section =
        |s: u8| Section { title: Some(format!("<LIST_SECTION_{s}_TITLE>")), rows: vec![row(s, 1), row(s, 2)] };
    let action = Action::List { button: "<BUTTON_TEXT>".into(), sections: vec![section(1), section(2)] };
    full("<HEADER_TEXT>", "<BODY_TEXT>", "<FOOTER_TEXT>", action)
}

fn example_form(form: FormRef, label: &str, mode: Option<&str>) -> Action {
    Action::Form(Form {
        form,
        label: label.into(),
        token: Some("<FLOW_TOKEN>".into()),
        mode: mode.map(str::to_owned),
        flow_action: Some("navigate".into()),
        flow_action_payload: Some(json!({ "screen": "<SCREEN_ID>", "data": { "<CUSTOM_KEY>": "<CUSTOM_VALUE>" } })),
    })
}

fn example_template(before: Vec<TemplateComponent>, after: Vec<TemplateComponent>) -> Payload {
    let parts = json!({
        "calendar": "GREGORIAN", "day_of_month": 25, "day_of_week": 5, "hour": 15, "minute": 33, "month": 2, "year": 1977
    });
    let parts: Map<_, _> = serde_json::from_value(parts).unwrap();
    let filled = body(vec![
        words("text-string"),
        ParameterValue::Currency { fallback: "$100.99".into(), code: "USD".into(), amount_1000: 100_990 },
        ParameterValue::DateTime { fallback: "February 25, 1977".into(), parts },
    ]);
    let components = before.into_iter().chain([filled]).chain(after).collect();
    Payload::Template(Template {
        name: "template-name".into(),
        language: "language-and-locale-code".into(),
        components,
    })
}

fn example_card() -> Value {
    let home = |street: &str, kind: &str| {
        json!({
            "street": street, "city": "Menlo Park", "state": "CA", "zip": "94025",
            "country": "United States", "country_code": "us", "type": kind
        })
    };
    json!({
        "name": {
            "formatted_name": "John Smith", "first_name": "John", "last_name": "Smith",
            "middle_name": "D.", "prefix": "Dr", "suffix": "Jr"
        },
        "addresses": [home("1 Hacker Way", "HOME"), home("200 Jefferson Dr", "WORK")],
        "birthday": "2012-08-18",
        "emails": [{ "email": "test@fb.com", "type": "WORK" }, { "email": "test@whatsapp.com", "type": "HOME" }],
        "org": { "company": "WhatsApp", "department": "Design", "title": "Manager" },
        "phones": [
            { "phone": "+1 (940) 555-1234", "type": "HOME" },
            { "phone": "+1 (650) 555-1234", "type": "WORK", "wa_id": "16505551234" }
        ],
        "urls": [
            { "url": "https://www.facebook.com", "type": "WORK" },
            { "url": "https://www.whatsapp.com", "type": "HOME" }
        ]
    })
}

fn example_order() -> Payload {
    let extra = json!({ "value": 100, "offset": 100, "description": "optional_text" });
    let mut discount = extra.clone();
    discount["discount_program_name"] = json!("optional_text");
    let parameters = json!({
        "reference_id": "unique-reference-id",
        "type": "digital-goods",
        "payment_type": "upi",
        "payment_configuration": "my-payment-config-name",
        "currency": "INR",
        "total_amount": { "value": 1100, "offset": 100 },
        "order": {
            "status": "pending",
            "items": [{
                "retailer_id": "1234567", "name": "bread", "quantity": 1,
                "amount": { "value": 1500, "offset": 100 }, "sale_amount": { "value": 1000, "offset": 100 }
            }],
            "subtotal": { "value": 1000, "offset": 100 },
            "tax": extra,
            "shipping": extra,
            "discount": discount
        }
    });
    let picture = "https://upload.wikimedia.org/wikipedia/commons/thumb/3/3b/Home_made_sour_dough_bread.jpg/\
                   640px-Home_made_sour_dough_bread.jpg";
    Payload::Interactive(Box::new(Interactive {
        header: Some(Header::Media(linked(MediaKind::Image, picture))),
        body: Some("your-text-body-content".into()),
        footer: Some("your-text-footer-content".into()),
        action: Action::OrderDetails { parameters },
    }))
}

fn quick_reply(index: u8, payload: &str) -> TemplateComponent {
    button("quick_reply", index, vec![ParameterValue::Payload(payload.into())])
}

/// Each example by file name, the message that gives it, and where Ponte's words differ.
fn table() -> Vec<(&'static str, Outbound, Vec<Differs>)> {
    let quoted = "<MSGID_OF_MSG_YOU_ARE_REPLYING_TO>";
    let previous = "<MSGID_OF_PREV_MSG>";
    vec![
        ("send-audio-message-by-id", message(Payload::Media(by_id(MediaKind::Audio, "<AUDIO_OBJECT_ID>"))), vec![]),
        (
            "send-catalog-message",
            to_phone(Payload::Interactive(Box::new(Interactive {
                header: None,
                body: Some(
                    "Hello! Thanks for your interest. Ordering is easy. Just visit our catalog and add items to \
                     purchase."
                        .into(),
                ),
                footer: Some("Best grocery deals on WhatsApp!".into()),
                action: Action::Catalog { thumbnail: Some("2lc20305pt".into()) },
            }))),
            vec![],
        ),
        ("send-contact-message", message(Payload::Contacts { cards: vec![example_card()] }), vec![NoRecipientType]),
        (
            "send-document-message-by-url",
            message(captioned(linked(MediaKind::Document, "<http(s)://document-url>"), "<DOCUMENT-CAPTION-TEXT>")),
            vec![],
        ),
        (
            "send-draft-flow-by-name",
            message({
                let hidden = "Not shown in draft mode";
                let form = example_form(FormRef::Name("{{Flow-Name}}".into()), hidden, Some("draft"));
                full(hidden, hidden, hidden, form)
            }),
            vec![],
        ),
        ("send-image-message-by-id", message(Payload::Media(by_id(MediaKind::Image, "<IMAGE_OBJECT_ID>"))), vec![]),
        ("send-list-message", message(example_list()), vec![]),
        (
            "send-message-template-interactive",
            message(example_template(
                vec![TemplateComponent::Header {
                    parameters: vec![unnamed(ParameterValue::Media(linked(
                        MediaKind::Image,
                        "http(s)://the-image-url",
                    )))],
                }],
                vec![quick_reply(0, "aGlzIHRoaXMgaXMgY29v"), quick_reply(1, "9rwnB8RbYmPF5t2Mn09x4h")],
            )),
            vec![],
        ),
        ("send-message-template-text", message(example_template(vec![], vec![])), vec![]),
        (
            "send-order-details-message",
            Outbound { to: Recipient::Phone("{{Recipient-WA-Phone-Number}}".into()), ..message(example_order()) },
            vec![],
        ),
        (
            "send-published-flow-by-id",
            message(full(
                "<HEADER_TEXT>",
                "<BODY_TEXT>",
                "<FOOTER_TEXT>",
                example_form(FormRef::Id("{{Flow-ID}}".into()), "Open Flow!", None),
            )),
            vec![],
        ),
        (
            "send-reply-button",
            message({
                let button =
                    |n: u8| Button { id: format!("<UNIQUE_BUTTON_ID_{n}>"), title: format!("<BUTTON_TITLE_{n}>") };
                let action = Action::Buttons { buttons: vec![button(1), button(2)] };
                let body = Some("<BUTTON_TEXT>".into());
                Payload::Interactive(Box::new(Interactive { body, ..interactive(action) }))
            }),
            vec![],
        ),
        (
            "send-reply-to-audio-message-by-url",
            reply(quoted, Payload::Media(linked(MediaKind::Audio, "http(s)://audio-url"))),
            vec![],
        ),
        (
            "send-reply-to-document-message-by-id",
            reply(
                quoted,
                captioned(
                    OutboundMedia {
                        filename: Some("<DOCUMENT_FILENAME>".into()),
                        ..by_id(MediaKind::Document, "<DOCUMENT_OBJECT_ID>")
                    },
                    "<DOCUMENT_CAPTION_TO_SEND>",
                ),
            ),
            vec![],
        ),
        (
            "send-reply-to-image-message-by-id",
            reply(previous, Payload::Media(by_id(MediaKind::Image, "<IMAGE_OBJECT_ID>"))),
            vec![],
        ),
        ("send-reply-to-list-message", reply(previous, example_list()), vec![NoType("interactive")]),
        (
            "send-reply-to-sticker-message-by-id",
            reply(quoted, Payload::Media(by_id(MediaKind::Sticker, "<MEDIA_OBJECT_ID>"))),
            vec![],
        ),
        (
            "send-reply-to-text-message",
            reply(previous, Payload::Text { body: "<TEXT_MSG_CONTENT>".into(), preview_url: Some(false) }),
            vec![],
        ),
        (
            "send-reply-to-video-message-by-url",
            reply(quoted, captioned(linked(MediaKind::Video, "<http(s)://video-url>"), "<VIDEO_CAPTION_TEXT>")),
            vec![],
        ),
        (
            // The example gives quick replies a boolean as text. Meta's pages give them a payload; the text is
            // written as text.
            "send-sample-issue-resolution-template",
            message(Payload::Template(Template {
                name: "sample_issue_resolution".into(),
                language: "en_US".into(),
                components: vec![
                    body(vec![words("*Mr. Jones*")]),
                    button("quick_reply", 0, vec![words("true")]),
                    button("quick_reply", 1, vec![words("false")]),
                ],
            })),
            vec![
                NoRecipientType,
                Superfluous("/template/language", "policy"),
                OtherForm("/template/components/1/index", json!("0")),
                OtherForm("/template/components/2/index", json!("1")),
                OtherForm("/template/components/1/parameters/0/text", json!("true")),
                OtherForm("/template/components/2/parameters/0/text", json!("false")),
            ],
        ),
        (
            "send-sample-text-message",
            Outbound { to: Recipient::Phone("16315555555".into()), ..message(example_template(vec![], vec![])) },
            vec![NoPlus],
        ),
        ("send-sticker-message-by-id", message(Payload::Media(by_id(MediaKind::Sticker, "<MEDIA_OBJECT_ID>"))), vec![]),
        (
            "send-test-message",
            message(Payload::Template(Template::positional("hello_world", "en_US", Vec::<String>::new()))),
            vec![NoRecipientType],
        ),
        (
            "send-text-message-with-preview-url",
            message(Payload::Text {
                body: "Please visit https://youtu.be/hpltvTEiRrY.".into(),
                preview_url: Some(true),
            }),
            vec![NoRecipientType, NoType("text")],
        ),
        (
            "send-video-message-by-url",
            message(captioned(linked(MediaKind::Video, "<http(s)://video-url>"), "<VIDEO_CAPTION_TEXT>")),
            vec![],
        ),
    ]
}

fn apply(example: &mut Value, differs: &Differs) {
    let absent = |example: &Value, key: &str| assert!(example.get(key).is_none(), "the example has {key:?} after all");
    match differs {
        NoRecipientType => {
            absent(example, "recipient_type");
            example["recipient_type"] = json!("individual");
        }
        NoType(kind) => {
            absent(example, "type");
            example["type"] = json!(kind);
        }
        NoPlus => example["to"] = json!(format!("+{}", example["to"].as_str().unwrap())),
        Superfluous(at, key) => {
            let holder = example.pointer_mut(at).and_then(Value::as_object_mut).unwrap();
            assert!(holder.remove(*key).is_some(), "the example has no {key:?}");
        }
        OtherForm(at, ours) => {
            let theirs = example.pointer_mut(at).unwrap();
            assert_eq!(theirs.to_string(), ours.as_str().unwrap(), "not another form of the same");
            *theirs = ours.clone();
        }
    }
}

#[test]
fn every_example_of_metas_is_what_ponte_builds() {
    let corpora =
        std::env::var_os("PONTE_CORPORA").map_or_else(|| PathBuf::from("../../../shared/corpora"), PathBuf::from);
    let folder = corpora.join("meta-openapi/requests");
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("skipped: no corpora at {}", folder.display());
        return;
    };
    let mut unseen: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    for (name, message, differs) in table() {
        let name = format!("{name}.json");
        let mut example: Value = serde_json::from_slice(&std::fs::read(folder.join(&name)).unwrap()).unwrap();
        differs.iter().for_each(|one| apply(&mut example, one));
        assert_eq!(build(&message, None), example, "{name}");
        unseen.retain(|file| *file != name);
    }
    assert!(unseen.is_empty(), "examples without a row: {unseen:?}");
}
