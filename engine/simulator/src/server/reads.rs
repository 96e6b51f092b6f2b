//! What the business may ask about its numbers and templates.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use ponte_model::{NumberId, WabaId};
use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::{bearer, no_such_object};
use crate::hub::Hub;
use crate::rules::codes::PARAMETER;
use crate::rules::{Broken, Checked};
use crate::template::Template;
use crate::world::{Account, Link, Number};

type Answer = Result<Json<Value>, GraphError>;
type Asked = Query<HashMap<String, String>>;

/// The fields of a number where none are asked for.
const NUMBER_FIELDS: &str = "verified_name,display_phone_number,quality_rating";
/// The fields of an account where none are asked for.
const WABA_FIELDS: &str = "name,currency,timezone_id";
/// The fields of a template where none are asked for.
const TEMPLATE_FIELDS: &str = "name,parameter_format,components,language,status,category";
/// How many templates a page has where the caller does not say.
const PAGE: usize = 25;

/// `GET /{number}` and `GET /{waba}`.
pub(crate) async fn node(
    State(hub): State<Arc<Hub>>,
    Path((_version, id)): Path<(String, String)>,
    Query(asked): Asked,
    headers: HeaderMap,
) -> Answer {
    let world = hub.world();
    let token = bearer(&headers);
    if let Some(account) = world.accounts.get(&WabaId::from(&*id)) {
        world.authorize_waba(&WabaId::from(&*id), token)?;
        return Ok(Json(pick(&id, fields(&asked, WABA_FIELDS), |field| waba_field(account, &id, field))?));
    }
    let number = NumberId::from(&*id);
    world.authorize(&number, token)?;
    let number = world.numbers.get(&number).ok_or_else(|| no_such_object(&id))?;
    Ok(Json(pick(&id, fields(&asked, NUMBER_FIELDS), |field| number_field(number, field))?))
}

/// `GET /{waba}/phone_numbers`.
pub(crate) async fn phone_numbers(
    State(hub): State<Arc<Hub>>,
    Path((_version, id)): Path<(String, String)>,
    Query(asked): Asked,
    headers: HeaderMap,
) -> Answer {
    let world = hub.world();
    let waba = WabaId::new(id);
    world.authorize_waba(&waba, bearer(&headers))?;
    let ids = world.accounts.get(&waba).map_or(&[][..], |account| &account.numbers);
    let numbers = ids.iter().filter_map(|id| world.numbers.get(id));
    let listed: Checked<Vec<_>> = numbers
        .map(|number| {
            pick(number.setup.id.as_str(), fields(&asked, NUMBER_FIELDS), |field| number_field(number, field))
        })
        .collect();
    Ok(Json(json!({"data": listed?})))
}

/// `GET /{waba}/message_templates`, by pages.
pub(crate) async fn message_templates(
    State(hub): State<Arc<Hub>>,
    Path((_version, id)): Path<(String, String)>,
    Query(asked): Asked,
    uri: Uri,
    headers: HeaderMap,
) -> Answer {
    let world = hub.world();
    let waba = WabaId::new(id);
    world.authorize_waba(&waba, bearer(&headers))?;
    let templates = world.accounts.get(&waba).map_or(&[][..], |account| &account.templates);
    let wanted = |template: &&Template| {
        let like = |key: &str, value: &str| asked.get(key).is_none_or(|wish| wish.eq_ignore_ascii_case(value));
        let named = asked.get("name").is_none_or(|wish| template.name.contains(wish.as_str()));
        named
            && like("status", &template.status)
            && like("category", &template.category)
            && like("language", &template.language)
    };
    let start: usize = asked.get("after").and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let limit: usize = asked.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(PAGE).max(1);
    let mut found = templates.iter().filter(wanted).skip(start);
    let page: Checked<Vec<_>> = found.by_ref().take(limit).map(|template| listed(template, &asked)).collect();
    let page = page?;
    let end = start + page.len();
    let mut paging = json!({"cursors": {"before": start.to_string(), "after": end.to_string()}});
    if found.next().is_some() {
        let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
        let rest = asked.iter().filter(|(key, _)| *key != "after");
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(rest)
            .append_pair("after", &end.to_string())
            .finish();
        paging["next"] = json!(format!("http://{host}{}?{query}", uri.path()));
    }
    Ok(Json(json!({"data": page, "paging": paging})))
}

fn listed(template: &Template, asked: &HashMap<String, String>) -> Checked<Value> {
    let whole = template.listed();
    pick(&template.id, fields(asked, TEMPLATE_FIELDS), |field| match field {
        "quality_score" => Some(json!({"score": template.quality})),
        // Known to the platform, without a value here.
        "correct_category" | "previous_category" | "rejected_reason" | "message_send_ttl_seconds" => Some(Value::Null),
        field => whole.get(field).cloned(),
    })
}

fn fields<'a>(asked: &'a HashMap<String, String>, default: &'a str) -> impl Iterator<Item = &'a str> {
    asked.get("fields").map_or(default, String::as_str).split(',').map(str::trim).filter(|field| !field.is_empty())
}

/// The asked fields and the id. A field of `null` is left out, as the platform does.
fn pick<'a>(id: &str, fields: impl Iterator<Item = &'a str>, value: impl Fn(&str) -> Option<Value>) -> Checked<Value> {
    let mut object = Map::new();
    for field in fields.filter(|field| *field != "id") {
        let value = value(field)
            .ok_or_else(|| Broken::new(PARAMETER, format!("Tried accessing nonexisting field ({field})")))?;
        if !value.is_null() {
            object.insert(field.to_owned(), value);
        }
    }
    object.insert("id".to_owned(), json!(id));
    Ok(Value::Object(object))
}

fn number_field(number: &Number, field: &str) -> Option<Value> {
    let setup = &number.setup;
    let up = number.link == Link::Up;
    Some(match field {
        "display_phone_number" => json!(format!("+{}", setup.display_phone)),
        "verified_name" => json!(setup.verified_name),
        "quality_rating" => json!(setup.quality_rating),
        "name_status" => json!("APPROVED"),
        "code_verification_status" => json!("VERIFIED"),
        "is_on_biz_app" => json!(number.in_app()),
        // What it says of a number that left is not documented; anything but CLOUD_API means "not on the API".
        "platform_type" => json!(if up { "CLOUD_API" } else { "NOT_APPLICABLE" }),
        "status" => json!(if up { "CONNECTED" } else { "DISCONNECTED" }),
        "throughput" => json!({"level": if setup.messages_per_second >= 1000 { "HIGH" } else { "STANDARD" }}),
        "whatsapp_business_manager_messaging_limit" => json!(setup.messaging_limit),
        "webhook_configuration" | "health_status" => Value::Null,
        _ => return None,
    })
}

fn waba_field(account: &Account, id: &str, field: &str) -> Option<Value> {
    Some(match field {
        "name" => json!(format!("WABA {id}")),
        "currency" => json!("BRL"),
        "timezone_id" => json!("25"),
        "account_review_status" => json!("APPROVED"),
        "business_verification_status" => json!("verified"),
        "owner_business_info" => json!({"id": &*account.portfolio}),
        "health_status" | "marketing_messages_lite_api_status" => Value::Null,
        _ => return None,
    })
}
