//! What stores know of orders: what they told over `/hooks`, and what a shop's own system says when it is asked.

use std::collections::HashMap;

use ponte_connect::{Failed, Grant, Grants, Scheme, Secret, SecretSet};
use ponte_model::{FoundOrder, HttpHeader, HttpMethod, Phone, Refusal, StoreOrder};
use ponte_store::OrdersBy;
use serde_json::Value;
use url::Url;

use super::OrdersSource;
use super::ask::Asker;

/// So many orders are told.
const MOST: usize = 20;

/// What stands for the key of a source until it is on the wire.
const KEY: &str = "ponte_secret_of_the_operator";

pub(super) async fn find(asker: &Asker<'_>, number: &str) -> Result<Vec<FoundOrder>, Refusal> {
    let by = OrdersBy::Number(number.trim().to_owned());
    gather(asker, by, |source| fill(source.find.as_deref()?, "{number}", number.trim().trim_start_matches('#'))).await
}

pub(super) async fn of_contact(asker: &Asker<'_>) -> Result<Vec<FoundOrder>, Refusal> {
    let Some(contact) = asker.contact else { return Ok(Vec::new()) };
    let phone = phone(asker);
    let ask = |source: &OrdersSource| fill(source.of_contact.as_deref()?, "{phone}", phone.as_ref()?.as_str());
    gather(asker, OrdersBy::Contact(contact.clone()), ask).await
}

fn phone(asker: &Asker<'_>) -> Option<Phone> {
    asker.person.and_then(|person| person.phone.clone())
}

/// An address with a word in it, written so that it stays one word. Nothing, `.` and `..` are none: in a path they lead
/// elsewhere, and no order is called so.
fn fill(template: &str, place: &str, word: &str) -> Option<String> {
    if word.chars().all(|c| c == '.') {
        return None;
    }
    let word: String = url::form_urlencoded::byte_serialize(word.as_bytes()).collect::<String>().replace('+', "%20");
    Some(template.replace(place, &word))
}

async fn gather(
    asker: &Asker<'_>,
    by: OrdersBy,
    address: impl Fn(&OrdersSource) -> Option<String>,
) -> Result<Vec<FoundOrder>, Refusal> {
    let tenant = &asker.installed.tenant;
    let told = asker.core.store.told_orders(tenant, &by).await;
    let told = told.map_err(|error| Refusal::Other { why: error.to_string() })?;
    let mut found: HashMap<(String, String), FoundOrder> = HashMap::new();
    for told in told {
        let own =
            matches!(by, OrdersBy::Contact(_)) || told.contact.is_some() && told.contact.as_ref() == asker.contact;
        keep(&mut found, told.order, own);
    }
    let theirs = phone(asker).map(|phone| phone.spellings()).unwrap_or_default();
    let mut failed = None;
    let here = |source: &&OrdersSource| source.tenant.as_ref().is_none_or(|of| of == tenant);
    for source in asker.core.settings.outside.orders.iter().filter(here) {
        let Some(url) = address(source) else { continue };
        match read(asker, source, &url).await {
            Ok(orders) => {
                for order in orders {
                    let own = order.customer.phone.as_ref().is_some_and(|phone| theirs.contains(phone));
                    keep(&mut found, order, own);
                }
            }
            Err(refusal) => {
                tracing::warn!(source = source.name, why = %refusal, "a store could not be asked for orders");
                failed = Some(refusal);
            }
        }
    }
    let mut found: Vec<FoundOrder> = found.into_values().collect();
    found.sort_by(|a, b| {
        let name = |found: &FoundOrder| (found.order.source.clone(), found.order.id.clone());
        b.order.changed.cmp(&a.order.changed).then_with(|| name(a).cmp(&name(b)))
    });
    found.truncate(MOST);
    match failed {
        Some(refusal) if found.is_empty() => Err(refusal),
        _ => Ok(found),
    }
}

/// The latest word of an order counts. Tests are nobody's business, unless their source lets them through.
fn keep(found: &mut HashMap<(String, String), FoundOrder>, order: StoreOrder, own: bool) {
    if order.withheld {
        return;
    }
    let known = found.entry((order.source.clone(), order.id.clone()));
    match known {
        std::collections::hash_map::Entry::Occupied(mut known) if order.changed > known.get().order.changed => {
            let own = own || known.get().own;
            known.insert(FoundOrder { order, own });
        }
        std::collections::hash_map::Entry::Occupied(_) => {}
        std::collections::hash_map::Entry::Vacant(room) => {
            room.insert(FoundOrder { order, own });
        }
    }
}

/// Asks a shop's own system. The operator named the address: that is its grant.
async fn read(asker: &Asker<'_>, source: &OrdersSource, url: &str) -> Result<Vec<StoreOrder>, Refusal> {
    let wrong = |why: String| Refusal::Other { why: format!("orders: {}: {why}", source.name) };
    let parsed = Url::parse(url).map_err(|error| wrong(error.to_string()))?;
    let scheme = if parsed.scheme() == "http" { Scheme::Http } else { Scheme::Https };
    let host = parsed.host_str().unwrap_or_default();
    let grant = Grant::new(scheme, host, parsed.port(), [HttpMethod::Get], "/", ["key".to_owned()]);
    let grants = Grants(vec![grant.map_err(|error| wrong(error.to_string()))?]);
    let secret = source.key.clone().map(|value| Secret { name: "key".into(), stand_in: KEY.into(), value });
    let bearer = secret.as_ref().map(|_| HttpHeader { name: "authorization".into(), value: format!("Bearer {KEY}") });
    let secrets: SecretSet = secret.into_iter().collect();
    let headers: Vec<_> = bearer.into_iter().collect();
    let answer = asker.core.outside.client()?.get(&grants, &secrets, url, &headers).await;
    let response = answer.map_err(|failed| wrong(Failed::into_refusal(failed).to_string()))?;
    match response.status {
        404 => return Ok(Vec::new()),
        200 => {}
        status => return Err(wrong(format!("answered {status}"))),
    }
    let json: Value = serde_json::from_slice(&response.body).map_err(|error| wrong(format!("no JSON: {error}")))?;
    let orders = match (json.get("orders").and_then(Value::as_array), json.get("order")) {
        (Some(many), _) => many.clone(),
        (None, Some(one)) => vec![one.clone()],
        (None, None) => {
            return Err(wrong("its JSON has neither `orders` nor `order`; see docs/outbound.md".to_owned()));
        }
    };
    let order = |json: Value| ponte_hooks::read_order(&source.name, source.country.as_deref(), json).map_err(&wrong);
    orders.into_iter().take(MOST).map(order).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_customer_types_leads_nowhere_else() {
        const FIND: &str = "https://erp.example/v1/customers/{number}/orders";
        for word in ["", ".", "..", "..."] {
            assert_eq!(fill(FIND, "{number}", word), None, "{word:?}");
        }
        for word in ["1001", "../..", "a/b", "%2e%2e", "..\\..", "1?x=y", "1#x", "A.1"] {
            let url = Url::parse(&fill(FIND, "{number}", word).unwrap()).unwrap();
            let path: Vec<_> = url.path_segments().unwrap().collect();
            assert_eq!((path.len(), path[0], path[1], path[3]), (4, "v1", "customers", "orders"), "{word:?}: {url}");
            assert!(url.query().is_none() && url.fragment().is_none(), "{word:?}: {url}");
        }
    }
}
