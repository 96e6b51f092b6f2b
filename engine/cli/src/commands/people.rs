//! People and moments as they are named on the command line.

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use ponte_model::{Contact, ContactId, NumberId, TenantId, Timestamp};
use ponte_store::{NumberRow, Store};

/// A registered number.
pub(crate) async fn number(store: &dyn Store, id: &NumberId) -> anyhow::Result<NumberRow> {
    let number = store.numbers().await?.into_iter().find(|row| row.id == *id);
    number.with_context(|| format!("number {id} is not registered; `ponte number list` tells which are"))
}

/// Somebody by phone number, with country code, or by Ponte's id; the id is `None` for who never wrote.
pub(crate) async fn contact(
    store: &dyn Store,
    tenant: &TenantId,
    named: &str,
) -> anyhow::Result<(Contact, Option<ContactId>)> {
    let id = ContactId::new(named);
    if let Some(row) = store.contact(&id).await? {
        return Ok((Contact { user_id: row.user_id, phone: row.phone, ..Contact::default() }, Some(id)));
    }
    let digits: String = named.chars().filter(char::is_ascii_digit).collect();
    anyhow::ensure!(
        digits.len() >= 6 && !named.contains(char::is_alphabetic),
        "{named:?} is neither a phone number with country code nor the id of a known contact"
    );
    let id = store.contact_by_phone(tenant, &digits.as_str().into()).await?;
    Ok((Contact::by_phone(digits), id))
}

/// A moment, written as RFC 3339 or as how long ago it was: `24h`, `30m`, `7d`.
pub(crate) fn moment(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    if let Ok(at) = chrono::DateTime::parse_from_rfc3339(text) {
        return Ok(at.to_utc().into());
    }
    let ago = || {
        let unit = match text.chars().last()? {
            'm' => 60,
            'h' => 3600,
            'd' => 24 * 3600,
            _ => return None,
        };
        let count: u64 = text[..text.len() - 1].parse().ok()?;
        Some(now.minus(Duration::from_secs(count.checked_mul(unit)?)))
    };
    ago().ok_or_else(|| {
        anyhow!("{text:?}: write how long ago (24h, 30m, 7d), or a time such as 2026-10-01T08:00:00-03:00")
    })
}
