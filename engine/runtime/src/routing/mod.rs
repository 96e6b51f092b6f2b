//! Brings a tenant's routing policy together with what it asks about: the number, the person, the message answered.

mod desk;
mod people;

use std::collections::HashMap;
use std::sync::Arc;

use ponte_model::send::Payload;
use ponte_model::{Body, ContactId, Event, InstallationId, MessageId, Owner, TenantId};
use ponte_policy::lifecycle::Life;
use ponte_policy::{Candidate, Echo, Facts, NumberTraits, Person, Question, Routing, RoutingPolicy};
use ponte_store::{NumberMode, NumberRow, OutboxItem, PolicyRow, Store, StoreError};

pub use desk::{Changed, Desk, DryRun, Explained, imagined};
pub(crate) use people::{People, Profile};

/// Policies by tenant, ready to be asked. Who has none is asked by the empty one.
pub(crate) type Policies = HashMap<TenantId, Arc<Routing>>;

/// A stored policy, ready to be asked.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn compile(row: PolicyRow) -> Result<(RoutingPolicy, Routing), String> {
    let policy: RoutingPolicy = match row.policy {
        serde_json::Value::Null => RoutingPolicy::default(),
        policy => serde_json::from_value(policy).map_err(|error| error.to_string())?,
    };
    let routing = Routing::compile(&policy).map_err(|error| error.to_string())?;
    Ok((policy, routing))
}

/// All policies in force. One that this version cannot read keeps its tenant as it was; where nothing is known of it,
/// on the phone alone.
pub(crate) async fn load(store: &dyn Store, before: &Policies) -> ponte_store::Result<Policies> {
    let rows = store.policies(None, 1).await?.into_iter();
    Ok(rows
        .map(|row| {
            let (tenant, version) = (row.tenant.clone(), row.version);
            let routing = compile(row).map_or_else(
                |why| {
                    tracing::error!(%tenant, version, why, "a routing policy cannot be read; put it into force again");
                    let closed = || Arc::new(Routing::closed("the routing policy cannot be read"));
                    before.get(&tenant).cloned().unwrap_or_else(closed)
                },
                |(_, routing)| Arc::new(routing),
            );
            (tenant, routing)
        })
        .collect())
}

/// What the rules look at, apart from the flows.
pub(crate) struct Circumstances<'a> {
    pub(crate) event: &'a Event,
    pub(crate) number: Option<(&'a NumberRow, &'a Life)>,
    pub(crate) contact: Option<&'a ContactId>,
    pub(crate) profile: &'a Profile,
    pub(crate) owner: Owner,
    pub(crate) holder: Option<&'a InstallationId>,
    pub(crate) first_contact: bool,
    pub(crate) heard_last: Option<&'a InstallationId>,
    pub(crate) campaign: Option<&'a str>,
}

impl Circumstances<'_> {
    pub(crate) fn ask<T>(&self, candidates: &[Candidate<'_>], ask: impl FnOnce(&Question<'_>) -> T) -> T {
        ask(&Question {
            event: self.event,
            number: self.number.map(|(row, life)| traits(row, life)),
            owner: self.owner,
            holder: self.holder,
            person: Person {
                id: self.contact,
                phone: self.profile.phone.as_ref(),
                user_id: self.profile.user_id.as_ref(),
                tags: &self.profile.tags,
            },
            first_contact: self.first_contact,
            heard_last: self.heard_last,
            campaign: self.campaign,
            candidates,
        })
    }
}

/// What rules may ask of a number.
pub(crate) fn traits<'a>(row: &'a NumberRow, life: &Life) -> NumberTraits<'a> {
    NumberTraits {
        id: &row.id,
        sector: row.config.sector.as_deref(),
        unit: row.config.unit.as_deref(),
        app_only: row.config.mode == NumberMode::App || life.app_only.now,
        locked: life.lock.now.is_some(),
    }
}

/// Whether this is the first that is heard in a conversation; `facts` have the event in them.
pub(crate) fn first_contact(facts: &Facts, echo: Echo) -> bool {
    facts.customer_messages <= 1 && facts.last_app_at.is_none() && echo.seq == 0
}

/// The template that a message answers, if it is one of ours and kept still.
pub(crate) async fn campaign(store: &dyn Store, event: &Event) -> Result<Option<String>, StoreError> {
    let Some(answered) = answered(event) else { return Ok(None) };
    Ok(match store.sent(answered).await? {
        Some(OutboxItem::Message { message }) => match message.payload {
            Payload::Template(template) => Some(template.name),
            _ => None,
        },
        _ => None,
    })
}

fn answered(event: &Event) -> Option<&MessageId> {
    match &event.body {
        Body::Message(message) | Body::Edit { message, .. } => message.context.as_ref()?.message_id.as_ref(),
        _ => None,
    }
}
