//! What the platform says about accounts, numbers and templates. Sources: Meta, webhooks/reference/account_update,
//! message_template_status_update, phone_number_quality_update and their neighbours.

use ponte_model::{AccountUpdate, Body, Event, Lane, NumberUpdate, Origin, Restriction, TemplateUpdate};

use super::json::Object;
use super::person;
use super::scope::{Scope, Why};

/// Fields about the account: the event's name, where the field itself gives none.
const ACCOUNT: &[(&str, Option<&str>)] =
    &[("account_update", None), ("account_alerts", Some("ALERT")), ("account_review_update", Some("REVIEW"))];

/// Fields about a number, and Ponte's word for what changed.
const NUMBER: &[(&str, &str)] = &[
    ("phone_number_quality_update", "quality"),
    ("business_capability_update", "capability"),
    ("phone_number_name_update", "name"),
    ("security", "security"),
    ("account_settings_update", "settings"),
    ("business_username_updates", "username"),
    ("phone_number_username_update", "username"),
];

/// Fields about a template, and Ponte's word for what changed.
const TEMPLATE: &[(&str, &str)] = &[
    ("message_template_status_update", "status"),
    ("message_template_quality_update", "quality"),
    ("message_template_components_update", "components"),
    ("template_category_update", "category"),
    ("template_correct_category_detection", "category"),
];

fn lookup<T: Copy>(table: &[(&str, T)], field: &str) -> Option<T> {
    table.iter().find(|(known, _)| *known == field).map(|(_, value)| *value)
}

/// The event of a change on one of this module's fields; `None` on any other field.
pub(super) fn read(scope: &mut Scope<'_>, value: &Object<'_>) -> Option<Result<Event, Why>> {
    let body = if let Some(event) = lookup(ACCOUNT, &scope.field) {
        account(scope, value, event)
    } else if let Some(what) = lookup(NUMBER, &scope.field) {
        Ok(number(scope, value, what))
    } else {
        template(value, lookup(TEMPLATE, &scope.field)?)
    };
    Some(body.map(|body| scope.event(scope.content_key(body.kind(), "", 0), Origin::System, Lane::Lifecycle, body)))
}

fn account(scope: &mut Scope<'_>, value: &Object<'_>, event: Option<&str>) -> Result<Body, Why> {
    // Where the account is named in the value, the entry's id may be the partner's portfolio (`PARTNER_ADDED`).
    let waba = value.object("waba_info").and_then(|info| info.text("waba_id"));
    scope.waba_id = waba.map(Into::into).or(scope.waba_id.take());
    if value.word("entity_type").is_some_and(|kind| kind == "PHONE_NUMBER") {
        scope.number_id = value.text("entity_id").map(Into::into);
    }
    let inner = |object: &str, key: &str| value.object(object).and_then(|object| object.text(key));
    Ok(Body::Account(AccountUpdate {
        event: event
            .map(str::to_owned)
            .or_else(|| value.text("event"))
            .ok_or("an account update that does not say what happened")?,
        display_phone: display_phone(value),
        reason: inner("disconnection_info", "reason")
            .or_else(|| inner("violation_info", "violation_type"))
            .or_else(|| inner("ban_info", "waba_ban_state"))
            .or_else(|| inner("alert_info", "alert_type"))
            .or_else(|| value.text("alert_type"))
            .or_else(|| value.text("decision")),
        initiated_by: inner("disconnection_info", "initiated_by"),
        restrictions: restrictions(value),
        json: value.to_value(),
    }))
}

fn restrictions(value: &Object<'_>) -> Vec<Restriction> {
    let list = value.list("restriction_info").unwrap_or_default();
    let list = list.into_iter().filter_map(Object::of);
    list.filter_map(|info| Some(Restriction { kind: info.text("restriction_type")?, until: info.time("expiration") }))
        .collect()
}

fn number(scope: &mut Scope<'_>, value: &Object<'_>, what: &str) -> Body {
    if scope.number_id.is_none() {
        scope.number_id = value.text("phone_number_id").map(Into::into);
    }
    // The newest key first; the others are being withdrawn (Meta: messaging limits, Feb 2026).
    let limit = value.first_word(&[
        "max_daily_conversations_per_business",
        "current_limit",
        "max_daily_conversation_per_phone",
    ]);
    let limit = limit.as_deref().map_or(Limit::Unknown, Limit::of);
    Body::Number(NumberUpdate {
        what: what.to_owned(),
        display_phone: display_phone(value),
        event: value.first_word(&["event", "decision", "status"]).map(Into::into),
        daily_limit: if let Limit::People(people) = limit { Some(people) } else { None },
        unlimited: matches!(limit, Limit::Unlimited),
        json: value.to_value(),
    })
}

fn display_phone(value: &Object<'_>) -> Option<ponte_model::Phone> {
    person::phone(&value.first_word(&["display_phone_number", "phone_number"])?)
}

/// A messaging limit: a tier (`TIER_2K`), or a number with -1 for none. Both forms are in use.
enum Limit {
    Unknown,
    People(u64),
    Unlimited,
}

impl Limit {
    fn of(word: &str) -> Self {
        let tier = word.strip_prefix("TIER_").unwrap_or(word);
        let (digits, thousands) = tier.strip_suffix('K').map_or((tier, 1), |digits| (digits, 1000));
        match (tier, digits.parse::<u64>()) {
            ("UNLIMITED" | "-1", _) => Self::Unlimited,
            (_, Ok(number)) => Self::People(number.saturating_mul(thousands)),
            _ => Self::Unknown,
        }
    }
}

fn template(value: &Object<'_>, what: &str) -> Result<Body, Why> {
    let id = value.text("message_template_id");
    let name = value.text("message_template_name");
    let now = value.first_word(&["event", "new_quality_score", "new_category"]);
    // `LIMIT_EXCEEDED` is about all templates of the account.
    if id.is_none() && name.is_none() && now.is_none() {
        return Err("it says neither which template nor what happened".into());
    }
    // "NONE" and `null` both mean that there is no reason.
    let reason = value.text("reason").filter(|reason| reason != "NONE");
    let pause = value.object("other_info").and_then(|info| info.text("title"));
    Ok(Body::Template(TemplateUpdate {
        what: what.to_owned(),
        id,
        name: name.unwrap_or_default(),
        // Meta's examples say `en-US` where the API says `en_US`.
        language: value.text("message_template_language").unwrap_or_default().replace('-', "_"),
        now: now.map(Into::into),
        before: value.first_word(&["previous_quality_score", "previous_category"]).map(Into::into),
        // A day before a template changes category, `new_category` is still the present one.
        category: value.first_word(&["message_template_category", "correct_category", "new_category"]).map(Into::into),
        reason: reason.or(pause),
        json: value.to_value(),
    }))
}
