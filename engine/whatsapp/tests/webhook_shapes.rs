//! Everything that the public corpora lack, told as tables of events: one line an event, as
//! `origin lane kind message +phone BSUID parent (name) @username`.

mod webhook_support;

use std::collections::HashSet;

use ponte_model::{
    Body, Call, Contact, Content, DeliveryState, Event, Handover, HistoryItem, IdentityChange, MediaKind, Message,
    NumberUpdate, PlatformError, TemplateUpdate,
};
use ponte_whatsapp::webhook::decode;
use serde_json::json;
use webhook_support::{RECEIVED, assert_lines, events_of, own_payloads, payload, why};

fn read(name: &str) -> Vec<Event> {
    events_of(&payload(&format!("{name}.json")))
}

fn message(event: &Event) -> &Message {
    match &event.body {
        Body::Message(message) | Body::Echo(message) => message,
        body => panic!("{} is no message", body.kind()),
    }
}

const ANA: &str = "+5521981110001 BR.20001 BR.ENT.30001 (Ana Prado) @anaprado";

#[test]
fn echoes_are_the_phone_speaking() {
    let events = read("echoes");
    assert_lines(
        &events,
        &[
            &format!("app message echo wamid.E1 {ANA}"),
            "app message echo wamid.E2 BR.20002 BR.ENT.30002",
            "app message echo wamid.E3 +5521981110003",
            &format!("app message edit wamid.E4 {ANA}"),
            &format!("app message revoke wamid.E5 {ANA}"),
            "app message echo wamid.E6 +5521981110004",
        ],
    );
    let poll = json!({"question": "Qual cor?", "options": ["azul", "verde"]});
    assert_eq!(message(&events[2]).content, Content::Other { name: "poll".into(), json: poll });
    assert!(matches!(&events[3].body, Body::Edit { original, message }
        if original.as_str() == "wamid.E1" && message.content.text() == Some("Já respondo.")));
    assert!(matches!(&events[4].body, Body::Revoke { original } if original.as_str() == "wamid.E3"));
}

#[test]
fn history_is_an_import_with_its_progress() {
    let events = read("history_chunk");
    let ana = "+5521981110001 BR.20001 BR.ENT.30001 @anaprado";
    assert_lines(
        &events,
        &[
            &format!("app import history wamid.H1 {ana}"),
            &format!("app import history wamid.H2 {ana}"),
            &format!("customer import history wamid.H3 {ana}"),
            "system lifecycle unrecognized",
            &format!("app import history wamid.H5 {ana}"),
            &format!("customer import history wamid.H6 {ana}"),
            "customer import history wamid.H7 BR.20009 @semnumero",
            "app import history wamid.H8 BR.20009 @semnumero",
            "system lifecycle unrecognized",
            "system import history_progress",
        ],
    );
    let item = |nth: usize| match &events[nth].body {
        Body::History(item) => item,
        body => panic!("{} is no history", body.kind()),
    };
    assert_eq!(item(1).message.content, Content::MediaPlaceholder);
    assert_eq!(item(2).message.context.as_ref().unwrap().message_id, Some("wamid.H1".into()));
    let states: Vec<_> = [0, 1, 2, 4, 5].map(|nth| item(nth).state.clone().unwrap()).into();
    use DeliveryState::{Delivered, Failed, Other, Played, Read};
    assert_eq!(states, [Read, Played, Delivered, Failed, Other("PENDING".into())]);
    for (nth, business) in [(0, true), (1, true), (2, false), (4, true), (5, false), (6, false), (7, true)] {
        assert_eq!((item(nth).from_business, item(nth).media_follows_up), (business, false), "{nth}");
    }
    assert_eq!((why(&events[3]), why(&events[8])), ("it has no id", "a thread without its messages"));
    let Body::HistoryProgress(progress) = &events[9].body else { panic!() };
    assert_eq!((progress.phase, progress.chunk, progress.percent, progress.messages), (1, 2, 55, 7));
    let Body::HistoryProgress(done) = &read("history_done")[0].body else { panic!() };
    assert_eq!((done.phase, done.chunk, done.percent, done.messages), (2, 9, 100, 0));
}

#[test]
fn media_of_history_look_live_and_are_not() {
    let events = read("history_media");
    assert_lines(
        &events,
        &[&format!("customer import history wamid.H4 {ANA}"), "app import history wamid.H2 +5521981110001"],
    );
    for (event, kind, business) in [(&events[0], MediaKind::Image, false), (&events[1], MediaKind::Voice, true)] {
        let Body::History(HistoryItem { message, from_business, media_follows_up, .. }) = &event.body else { panic!() };
        assert!(matches!(&message.content, Content::Media(media) if media.kind == kind));
        assert_eq!((*from_business, *media_follows_up), (business, true));
    }
    // The media have the message id of their place-holder, and are something else.
    let placeholder = &read("history_chunk")[1];
    assert_eq!(placeholder.message_id, events[1].message_id);
    assert_ne!(placeholder.key, events[1].key);
    // The same list on the field of live messages is live: the field decides.
    let live = payload("history_media.json").replace("\"history\"", "\"messages\"");
    assert_lines(&events_of(&live)[..1], &[&format!("customer message message wamid.H4 {ANA}")]);
}

#[test]
fn a_refused_history_says_why() {
    let events = read("history_declined");
    assert_lines(&events, &["system import history_refused"]);
    let Body::HistoryRefused(PlatformError { code, details, .. }) = &events[0].body else { panic!() };
    assert_eq!((*code, details.as_deref()), (2_593_109, Some("The business does not share its history")));
}

#[test]
fn the_address_book_follows_the_phone() {
    let events = read("app_state_sync");
    assert_lines(
        &events,
        &[
            "system import app_contact +5521981110001 BR.20001 (Ana Prado) @anaprado",
            "system import app_contact +5521981110001 (Ana P. (VIP))",
            "system import app_contact +5521981110002",
            "system import app_contact BR.20009 (Sem Número)",
            "system lifecycle unrecognized",
            "system lifecycle unrecognized",
        ],
    );
    let contacts: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.body {
            Body::AppContact(contact) => {
                Some((contact.present, contact.full_name.as_deref(), contact.first_name.as_deref(), event.at.as_secs()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        contacts,
        [
            (true, Some("Ana Prado"), Some("Ana"), 1_790_000_201),
            (true, Some("Ana P. (VIP)"), Some("Ana"), 1_790_000_202),
            (false, None, None, 1_790_000_203),
            (true, Some("Sem Número"), None, 1_790_000_204),
        ]
    );
}

#[test]
fn a_message_without_its_content_is_still_a_message() {
    let events = read("unsupported");
    let expected: Vec<_> = (1..=7).map(|nth| format!("customer message message wamid.U{nth} {ANA}")).collect();
    assert_lines(&events, &expected.iter().map(String::as_str).collect::<Vec<_>>());
    let contents: Vec<_> = events.iter().map(|event| message(event).content.clone()).collect();
    let unsupported = |what: Option<&str>| Content::Unsupported { what: what.map(Into::into) };
    let other = |name: &str, json| Content::Other { name: name.into(), json };
    assert_eq!(contents[..3], [unsupported(Some("unknown")), unsupported(None), unsupported(Some("text"))]);
    assert_eq!(contents[3], other("image", json!({"caption": "sem arquivo"})));
    assert_eq!(contents[4], other("product", json!({"name": "Sandália", "sku": 9_007_199_254_740_993_u64})));
    let whole = |nth: i64| json!({"from": "5521981110001", "id": format!("wamid.U{nth}"), "timestamp": (1_790_000_300 + nth).to_string()});
    let mut invite = whole(6);
    invite["type"] = json!("group_invite");
    assert_eq!(contents[5..], [other("group_invite", invite), other("", whole(7))]);
    let codes: Vec<Vec<i64>> =
        events.iter().map(|event| message(event).errors.iter().map(|error| error.code).collect()).collect();
    assert_eq!(codes[..4], [vec![131_060], vec![131_051], vec![], vec![131_052]]);
    assert_eq!(message(&events[1]).group_id.as_deref(), Some("Z3J1cG8x"));
}

#[test]
fn people_without_a_phone_number_are_people() {
    let events = read("bsuid_only");
    assert_lines(
        &events,
        &[
            "customer message message wamid.B1 BR.20010 BR.ENT.30010 (Bia) @bia.loja",
            "customer message message wamid.B2 BR.20011 (Caio)",
            "customer message message wamid.B3 +5521981110012 BR.20012 (Duda)",
            "customer message message wamid.B4 BR.20013",
            "customer message message wamid.B5 BR.20010 BR.ENT.30010 (Bia) @bia.loja",
            "system lifecycle unrecognized",
            "customer message message wamid.B7 BR.20010 (Bia)",
        ],
    );
    assert_eq!(why(&events[5]), "it names neither a phone number nor a user id of the person");
}

#[test]
fn what_is_said_to_another_responder_is_only_overheard() {
    let events = read("standby");
    assert_lines(
        &events,
        &[
            &format!("customer message standby:message wamid.S1 {ANA}"),
            "system lifecycle unrecognized",
            "api message standby:echo wamid.S2 +5521981110001",
            "api message standby:echo wamid.S3 BR.20001",
            "api status standby:status wamid.S2 +5521981110001",
            "system lifecycle unrecognized",
        ],
    );
    let Body::Standby(echo) = &events[2].body else { panic!() };
    assert_eq!(**echo, Body::Echo(Message::of(Content::Text { body: "Custa 90 reais.".into() })));
    // The same message may come again on the live field, if the thread changed hands meanwhile.
    let live = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
        "metadata": {"phone_number_id": "900100200300401"},
        "messages": [{"from": "5521981110001", "id": "wamid.S1", "type": "request_welcome"}]}}]}]});
    assert_ne!(events_of(&live.to_string())[0].key, events[0].key);
}

#[test]
fn handovers_name_the_roles() {
    let events = read("handover");
    assert_lines(
        &events,
        &[
            "system message handover +5521981110001",
            "system message handover BR.20001",
            "system lifecycle unrecognized",
        ],
    );
    let roles = |event: &Event| match &event.body {
        Body::Handover(Handover { what, previous_role, new_role, previous_app_id, new_app_id, metadata, .. }) => [
            Some(what.clone()),
            previous_role.clone(),
            new_role.clone(),
            previous_app_id.clone(),
            new_app_id.clone(),
            metadata.clone(),
        ]
        .map(|word| word.unwrap_or_default())
        .join("/"),
        body => panic!("{}", body.kind()),
    };
    assert_eq!(roles(&events[0]), "control_passed/ai_agent/escalation/4001//quer falar com gente");
    assert_eq!(roles(&events[1]), "control_taken/escalation/ai_agent//4001/");
    assert!(events.iter().all(|event| event.number_id == Some("900100200300401".into())));
}

#[test]
fn one_bad_item_costs_its_neighbours_nothing() {
    let events = read("mixed_batch");
    assert_lines(
        &events,
        &[
            &format!("customer message message wamid.M1 {ANA}"),
            "system lifecycle unrecognized",
            "system lifecycle unrecognized",
            "customer message message wamid.M3 +5521981110002 (Beto)",
            &format!("api status status wamid.OUT1 {ANA}"),
            "system lifecycle unrecognized",
            "system lifecycle notice",
            "system lifecycle notice",
            "system lifecycle error",
            "system lifecycle unrecognized",
            "app message echo wamid.M4 +5521981110002",
            "system lifecycle template",
            "system lifecycle unrecognized",
            "api status status wamid.OUT2 +5521981110001",
            "system lifecycle unrecognized",
            "system lifecycle unrecognized",
        ],
    );
    let reasons: Vec<_> = [1, 2, 5, 9, 12, 14, 15].map(|nth| why(&events[nth])).into();
    assert_eq!(
        reasons,
        [
            "it has no id",
            "it is not an object",
            "an item of an unknown list",
            "an unknown field",
            "the change has no object as its value",
            "the entry has no list of changes",
            "the entry has no list of changes",
        ]
    );
    let Body::Unrecognized { field, json, .. } = &events[1].body else { panic!() };
    assert_eq!((field.as_str(), &json["text"]["body"]), ("messages", &json!("estragada")));
    let of = |nth: usize| (events[nth].waba_id.as_ref().unwrap().as_str(), events[nth].at.as_secs());
    assert_eq!(of(10), ("700100200300401", 1_790_000_705));
    assert_eq!(of(11), ("700100200300499", 1_790_000_706), "the entry's time, written as a string");
    assert_eq!(of(13), ("700100200300499", 1_790_000_707), "the item's own time, written as a number");
    assert_eq!(events[13].number_id, Some("900100200300402".into()), "a number written as a number");
    let Body::Template(template) = &events[11].body else { panic!() };
    assert_eq!(template.id.as_deref(), Some("18446744073709551617"), "more digits than any integer holds");
    assert_eq!(template.language, "pt_BR");
    let keys: HashSet<_> = events.iter().map(|event| &event.key).collect();
    assert_eq!(keys.len(), events.len());
}

#[test]
fn accounts_come_and_go() {
    let events = read("account");
    let told: Vec<_> = events
        .iter()
        .map(|event| match &event.body {
            Body::Account(update) => {
                format!(
                    "{} {} {}",
                    event.at.as_secs() - 1_790_000_800,
                    update.event,
                    update.reason.as_deref().unwrap_or("-")
                )
            }
            _ => why(event).to_owned(),
        })
        .collect();
    assert_eq!(
        told,
        [
            "1 PARTNER_REMOVED PRIMARY_INACTIVITY",
            "2 ACCOUNT_OFFBOARDED -",
            "3 ACCOUNT_RECONNECTED -",
            "4 PARTNER_ADDED -",
            "5 ACCOUNT_RESTRICTION -",
            "5 ACCOUNT_RESTRICTION DIRECT_SEND_UTILITY_CATEGORY_ABUSE_WARN",
            "5 ALERT PROFILE_PICTURE_LOST",
            "5 REVIEW APPROVED",
            "an account update that does not say what happened",
            "6 ACCOUNT_OFFBOARDED -",
        ]
    );
    assert!(events.iter().all(|event| event.waba_id == Some("700100200300401".into())), "also of PARTNER_ADDED");
    assert_ne!(events[1].key, events[9].key, "offboarded twice is two events");
    let Body::Account(removed) = &events[0].body else { panic!() };
    assert_eq!(removed.display_phone, Some("5511990000001".into()));
    assert_eq!(removed.initiated_by.as_deref(), Some("SYSTEM"));
    let Body::Account(restricted) = &events[4].body else { panic!() };
    assert_eq!(restricted.restrictions[0].kind, "RESTRICTED_CUSTOMER_INITIATED_MESSAGING");
    assert_eq!(restricted.restrictions[0].until.unwrap().as_secs(), 1_790_600_000);
    assert_eq!(events[6].number_id, Some("900100200300401".into()));
}

#[test]
fn numbers_and_their_limits() {
    let told: Vec<_> = read("numbers")
        .iter()
        .map(|event| match &event.body {
            Body::Number(NumberUpdate { what, event, daily_limit, unlimited, .. }) => {
                (what.clone(), event.clone().unwrap_or_default(), *daily_limit, *unlimited)
            }
            body => panic!("{}", body.kind()),
        })
        .collect();
    let told: Vec<_> =
        told.iter().map(|(what, event, limit, free)| (what.as_str(), event.as_str(), *limit, *free)).collect();
    assert_eq!(
        told,
        [
            ("quality", "THROUGHPUT_UPGRADE", Some(100_000), false),
            ("quality", "FLAGGED", Some(250), false),
            ("capability", "", Some(2000), false),
            ("capability", "", None, true),
            ("capability", "", None, true),
            ("capability", "", None, false),
            ("name", "REJECTED", None, false),
            ("security", "PIN_CHANGED", None, false),
            ("settings", "", None, false),
            ("username", "approved", None, false),
        ]
    );
}

#[test]
fn templates_change() {
    let told: Vec<_> = read("templates")
        .iter()
        .map(|event| match &event.body {
            Body::Template(TemplateUpdate { what, id, name, language, now, before, category, reason, .. }) => {
                let words = [id, now, before, category, reason].map(|word| word.as_deref().unwrap_or("-").to_owned());
                format!("{what} {name} {language} {}", words.join(" "))
            }
            body => panic!("{}", body.kind()),
        })
        .collect();
    assert_eq!(
        told,
        [
            "status promo en_US 9007199254740993 PAUSED - MARKETING FIRST_PAUSE",
            "status promo pt_BR 901 DISABLED - - ABUSIVE_CONTENT",
            "category aviso pt_BR 902 UTILITY - MARKETING -",
            "category aviso pt_BR 902 MARKETING UTILITY MARKETING -",
            "quality aviso pt_BR 902 RED UNKNOWN - -",
            "category codigo es 903 - - AUTHENTICATION -",
            "status   - LIMIT_EXCEEDED - - -",
        ]
    );
}

#[test]
fn statuses_of_every_era_and_kind() {
    let events = read("statuses");
    assert_lines(
        &events,
        &[
            &format!("api status status wamid.T1 {ANA}"),
            &format!("api status status wamid.T1 {ANA}"),
            &format!("api status status wamid.T1 {ANA}"),
            "api status status wamid.T2 BR.20010",
            &format!("api status status wamid.T3 {ANA}"),
            &format!("api status status wamid.T4 {ANA}"),
            "api status status wamid.T4 +5521981110002",
            "api status status wamid.T4 BR.20010",
            "api status status wamid.T5 BR.20010",
            "system lifecycle unrecognized",
        ],
    );
    let status = |nth: usize| match &events[nth].body {
        Body::Status(status) => status,
        body => panic!("{}", body.kind()),
    };
    let sent = status(0);
    assert_eq!(sent.send_id, Some("snd_0a1b".into()));
    let price = sent.pricing.as_ref().unwrap();
    assert_eq!(
        (price.model.as_str(), price.kind.as_deref(), price.category.as_str()),
        ("PMP", Some("regular"), "utility")
    );
    assert_eq!(sent.conversation, None);
    assert_eq!((status(2).state.clone(), status(2).errors[0].code), (DeliveryState::Failed, 131_026));
    let entry = status(3).conversation.as_ref().unwrap();
    assert_eq!(
        (entry.origin.as_deref(), entry.expires_at.unwrap().as_secs()),
        (Some("referral_conversion"), 1_790_087_504)
    );
    assert_eq!(status(3).pricing.as_ref().unwrap().billable, None);
    assert_eq!(status(4).state, DeliveryState::Other("warning".into()));
    assert!((5..8).all(|nth| status(nth).group_id.as_deref() == Some("Z3J1cG8x")));
    assert_eq!(events[8].at, RECEIVED, "a time that is no number");
    let keys: HashSet<_> = events.iter().map(|event| &event.key).collect();
    assert_eq!(keys.len(), events.len(), "one for each message, state and participant");
}

#[test]
fn a_changed_identity_names_the_old_ids_on_the_event_and_the_new_ones_inside() {
    let events = read("identity");
    assert_lines(
        &events,
        &[
            "system message identity_change wamid.I1 +5521981110001 BR.20001",
            "system message identity_change wamid.I2 +5521981110001 BR.20001 BR.ENT.30001",
            "system message identity_change wamid.I3 +5521981110001",
            "system message identity_change +5521981110001 BR.20001 BR.ENT.30001",
            "system lifecycle unrecognized",
            "customer message revoke wamid.I4 +5521981110001",
            "customer message edit wamid.I5 +5521981110001",
            "system lifecycle unrecognized",
            "system lifecycle unrecognized",
        ],
    );
    let change = |nth: usize| match &events[nth].body {
        Body::IdentityChange(IdentityChange { what, phone, user_id, previous_user_id, parent_user_id, .. }) => {
            let ids = [user_id, previous_user_id, parent_user_id].map(|id| id.as_ref().map_or("-", |id| id.as_str()));
            format!("{what} {} {}", phone.as_ref().map_or("-", |phone| phone.as_str()), ids.join(" "))
        }
        body => panic!("{}", body.kind()),
    };
    assert_eq!(change(0), "user_changed_number 5521981110077 - - -");
    assert_eq!(change(1), "user_changed_user_id 5521981110077 BR.29999 BR.20001 BR.ENT.39999");
    assert_eq!(change(2), "user_changed_user_id - BR.29999 - -");
    assert_eq!(change(3), "user_id_update - BR.29999 BR.20001 BR.ENT.39999");
}

#[test]
fn every_kind_of_content() {
    let events = read("message_types");
    let content = |nth: usize| serde_json::to_value(&message(&events[nth - 1]).content).unwrap();
    assert_eq!(content(1), json!({"type": "welcome"}));
    let cards = content(2);
    assert_eq!(cards["requested"], true);
    assert_eq!(
        cards["cards"][0]["phones"],
        json!([{"written": "+55 21 98111-0001", "phone": "5521981110001"}, {"written": "fixo 2345"}])
    );
    assert_eq!(
        content(3),
        json!({"type": "order", "catalog_id": "77001", "text": "Adorei!", "items": [
            {"product": "SKU-1", "quantity": 2, "price": "7.99", "currency": "BRL"},
            {"product": "90071992547409931", "quantity": 1, "price": "19.90", "currency": "BRL"}]})
    );
    assert_eq!(content(4)["response"], json!(["não é objeto"]));
    assert_eq!(content(5)["response"], json!({"values": {"city": "Recife"}}));
    assert_eq!(content(6)["response"], json!("não é JSON"));
    assert_eq!(
        content(7),
        json!({"type": "call_permission", "accepted": true, "permanent": true, "source": "automatic"})
    );
    assert_eq!(
        content(8),
        json!({"type": "other", "name": "interactive", "json": {"type": "a_new_reply", "a_new_reply": {"x": 1}}})
    );
    assert_eq!(content(9), json!({"type": "text", "body": ""}));
    let author = message(&events[8]).context.as_ref().unwrap().author.clone();
    assert_eq!(author, Some(Contact { user_id: Some("BR.1".into()), ..Contact::by_phone("5511990000001") }));
    let referral = message(&events[9]).referral.as_ref().unwrap();
    assert_eq!(
        [&referral.source_id, &referral.media_url, &referral.reference, &referral.click_id].map(|word| word.as_deref()),
        [Some("12025"), Some("https://v"), Some("campanha-7"), None]
    );
    assert_eq!(content(11), json!({"type": "location", "latitude": -8.05, "longitude": -34.9}));
    assert_eq!(content(12)["type"], "other");
    assert_eq!(message(&events[12]).group_id.as_deref(), Some("Z3J1cG8x"));
    assert_eq!(
        content(14),
        json!({"type": "media", "kind": "document", "id": "810201", "mime_type": "application/pdf", "sha256": "s", "filename": "nota.pdf"})
    );
}

#[test]
fn calls_name_the_customer_whoever_called() {
    let events = read("calls");
    assert_lines(
        &events,
        &[
            &format!("system message call {ANA}"),
            &format!("system message call {ANA}"),
            "system message call BR.20010",
            &format!("system message call {ANA}"),
            "system message call BR.20010",
            "system message call BR.20010",
        ],
    );
    let told: Vec<_> = events
        .iter()
        .map(|event| match &event.body {
            Body::Call(Call { id, event, by_customer, outcome, duration_secs, .. }) => {
                format!("{id} {event} {by_customer:?} {outcome:?} {duration_secs:?}")
            }
            body => panic!("{}", body.kind()),
        })
        .collect();
    assert_eq!(told[0], "wacid.1 connect Some(true) None None");
    assert_eq!(told[1], "wacid.1 terminate Some(true) Some(\"COMPLETED\") Some(61)");
    assert_eq!(told[2], "wacid.2 connect Some(false) None None");
    assert_eq!(told[3], "wacid.3 connect None None None");
    assert_eq!(told[4], "wacid.2 rejected Some(false) None None");
    assert_eq!(told[5], "wacid.2 accepted Some(false) None None");
    assert_eq!(events[1].at.as_secs(), 1_790_001_402);
}

#[test]
fn preferences_notices_and_errors() {
    let events = read("preferences");
    // The second is of somebody whom `contacts` does not name: a phone and a BSUID are not one person for being alone.
    assert_lines(
        &events,
        &[
            "system lifecycle preference BR.20010 (Bia)",
            "system lifecycle preference +5521981110001",
            "system lifecycle unrecognized",
        ],
    );
    assert!(
        matches!(&events[0].body, Body::Preference(it) if it.category == "marketing_messages" && it.value == "stop")
    );

    let fields: Vec<_> = read("notices")
        .into_iter()
        .map(|event| match event.body {
            Body::Notice { field, .. } => field,
            body => panic!("{}", body.kind()),
        })
        .collect();
    assert_eq!(
        fields,
        ["flows", "payment_configuration_update", "automatic_events", "partner_solutions", "group_status_update"]
    );

    let errors = read("value_errors");
    assert_lines(&errors, &["system lifecycle error", "system lifecycle error", "system lifecycle unrecognized"]);
    assert_ne!(errors[0].key, errors[1].key);
}

#[test]
fn what_is_no_webhook_is_kept_too() {
    for body in [
        "{}",
        "[]",
        "7",
        "\"text\"",
        "null",
        "{\"entry\":[]}",
        "{\"entry\":{}}",
        "{\"object\":\"page\",\"entry\":null}",
    ] {
        let events = events_of(body);
        assert_lines(&events, &["system lifecycle unrecognized"]);
        let Body::Unrecognized { json, .. } = &events[0].body else { panic!() };
        assert_eq!(json, &serde_json::from_str::<serde_json::Value>(body).unwrap());
    }
    for body in [&b""[..], b"{", b"<html>", b"{\"entry\":[]} trailing", b"\"\xff\""] {
        let error = decode(body, RECEIVED).unwrap_err().to_string();
        assert!(error.starts_with("the webhook's body is not JSON: "), "{error}");
    }
}

#[test]
fn half_a_surrogate_pair_costs_only_its_own_text() {
    let body = r#"{"entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"9"},
        "contacts":[{"wa_id":"15550001111","profile":{"name":"\ud83d"}}],"messages":[
        {"from":"15550001111","id":"wamid.1","type":"text","text":{"body":"cut \ud83d"}},
        {"from":"15550001111","id":"wamid.2","type":"text","text":{"body":"whole \ud83d\ude00"}},
        {"from":"15550001111","id":"wamid.3","type":"text","te\ud83dxt":1,"text":{"body":"odd key"}}]}}]}]}"#;
    let events = events_of(body);
    assert_lines(
        &events,
        &[
            "customer message message wamid.1 +15550001111",
            "customer message message wamid.2 +15550001111",
            "customer message message wamid.3 +15550001111",
        ],
    );
    let raw = r#"{"body":"cut \ud83d"}"#;
    assert_eq!(message(&events[0]).content, Content::Other { name: "text".into(), json: json!(raw) });
    assert_eq!(message(&events[1]).content.text(), Some("whole 😀"));
    assert_eq!(message(&events[2]).content.text(), Some("odd key"));
}

#[test]
fn a_full_batch_keeps_everybody_apart() {
    const PEOPLE: usize = 1000;
    let contacts: Vec<_> = (0..PEOPLE)
        .map(|nth| json!({"wa_id": format!("5521{nth:09}"), "user_id": format!("BR.{nth}"), "profile": {"name": format!("N{nth}")}}))
        .collect();
    let text = "x".repeat(4000);
    let messages: Vec<_> = (0..PEOPLE)
        .map(|nth| json!({"from": format!("5521{nth:09}"), "id": format!("wamid.{nth}"), "timestamp": "1790000000", "type": "text", "text": {"body": text}}))
        .collect();
    let value = json!({"metadata": {"phone_number_id": "9"}, "contacts": contacts, "messages": messages, "errors": vec![json!({"code": 1}); PEOPLE]});
    let body = json!({"entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}).to_string();
    assert!(body.len() > 4_000_000);
    let events = events_of(&body);
    assert_eq!(events.len(), 2 * PEOPLE);
    for (nth, event) in events[..PEOPLE].iter().enumerate() {
        let contact = event.contact.as_ref().unwrap();
        assert_eq!(contact.user_id, Some(format!("BR.{nth}").into()));
        assert_eq!(contact.name.display, Some(format!("N{nth}")));
    }
    let keys: HashSet<_> = events.iter().map(|event| &event.key).collect();
    assert_eq!(keys.len(), events.len());
}

#[test]
fn events_survive_the_store() {
    for (name, body) in own_payloads() {
        for event in events_of(&body) {
            let stored = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<Event>(&stored).unwrap(), event, "{name}");
        }
    }
}
