//! Routing beside the pipeline: what would be decided, and what another policy would have decided.

use std::collections::HashMap;
use std::time::Duration;

use ponte_flow::PackageSnapshot;
use ponte_model::{
    Body, Contact, ContactId, ConversationId, Event, EventKey, InstallationId, NumberId, Origin, Owner, TenantId,
    Timestamp,
};
use ponte_policy::hours::Hours;
use ponte_policy::lifecycle::Life;
use ponte_policy::{
    AskedRule, Candidate, Decision, Echo, Facts, Handler, Question, Release, Routing, RoutingPolicy, Trigger, fold,
    route,
};
use ponte_store::{NumberRow, PastEvent, Store, StoreError};
use serde::Serialize;

use super::{Circumstances, Profile, campaign, compile, first_contact};
use crate::lifecycle::life_of;

/// A tenant's numbers, flows and policy, without the means to run anything.
pub struct Desk {
    tenant: TenantId,
    numbers: Vec<(NumberRow, Life)>,
    flows: Vec<Offer>,
    policy: RoutingPolicy,
    routing: Routing,
}

/// What an active installation wants to be offered.
struct Offer {
    id: InstallationId,
    numbers: Vec<NumberId>,
    trigger: Trigger,
    hours: Option<Hours>,
    release_after: Option<Duration>,
    /// Why it is paused, if it is.
    paused: Option<String>,
}

/// What would be decided, and how it comes about.
#[derive(Clone, Debug)]
pub struct Explained {
    /// What would be decided.
    pub decision: Decision,
    /// The rules that were asked, in order.
    pub asked: Vec<AskedRule>,
}

impl Explained {
    /// Who would handle it, in words.
    pub fn who(&self) -> String {
        who(&self.decision)
    }
}

/// What another policy would have decided.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DryRun {
    /// How many events were decided anew.
    pub events: usize,
    /// Those that somebody else would have handled.
    pub changed: Vec<Changed>,
}

/// An event that somebody else would have handled.
#[derive(Clone, Debug, Serialize)]
pub struct Changed {
    /// The event.
    pub event: EventKey,
    /// When it happened.
    pub at: Timestamp,
    /// On which number.
    pub number: Option<NumberId>,
    /// Who wrote.
    pub contact: Option<ContactId>,
    /// Who handles it by the policy in force.
    pub before: String,
    /// Who would by the other.
    pub after: String,
    /// The other policy's rule.
    pub rule: String,
    /// Why, by the other.
    pub why: String,
}

/// So many events are read at once.
const PAGE: u32 = 1_000;

impl Desk {
    /// Reads everything that decisions for a tenant depend on.
    ///
    /// # Errors
    /// When the store cannot be read, or the policy in it is not understood.
    pub async fn open(store: &dyn Store, tenant: &TenantId) -> Result<Self, StoreError> {
        let corrupt = |what: &str, why: String| StoreError::Corrupt { what: what.to_owned(), why };
        let (policy, routing) = match store.policies(Some(tenant), 1).await?.pop() {
            Some(row) => compile(row).map_err(|why| corrupt("the routing policy", why))?,
            None => (RoutingPolicy::default(), Routing::default()),
        };
        let mut lives = HashMap::new();
        for row in store.lives().await? {
            lives.insert(row.number.clone(), life_of(&row)?);
        }
        let numbers = store.numbers().await?.into_iter().filter(|number| number.tenant == *tenant);
        let numbers = numbers.map(|row| {
            let life = lives.remove(&row.id).unwrap_or_default();
            (row, life)
        });
        let numbers = numbers.collect();
        let mut flows = Vec::new();
        let stops: HashMap<_, _> = crate::flows::report_flows(store, None, Timestamp::EPOCH)
            .await?
            .into_iter()
            .map(|report| (report.installation, report.life.stops))
            .collect();
        let mut rows = store.installations().await?;
        crate::registry::put_in_order(&mut rows);
        for row in rows {
            if row.tenant != *tenant {
                continue;
            }
            let package: PackageSnapshot =
                serde_json::from_value(row.package).map_err(|error| corrupt(row.id.as_str(), error.to_string()))?;
            let hours = crate::common::hours(&row.settings).map_err(|problem| corrupt(row.id.as_str(), problem.1))?;
            let trigger = crate::registry::trigger(&package.manifest.trigger, &row.settings);
            let release_after = crate::common::release_after(&row.settings);
            let release_after = release_after.map_err(|problem| corrupt(row.id.as_str(), problem.1))?;
            let paused = stops.get(&row.id).filter(|stops| !stops.is_empty());
            let paused = paused.map(|stops| stops.iter().map(|stop| stop.why(&row.id)).collect::<Vec<_>>().join("; "));
            flows.push(Offer { id: row.id, numbers: row.numbers, trigger, hours, release_after, paused });
        }
        Ok(Self { tenant: tenant.clone(), numbers, flows, policy, routing })
    }

    /// The policy in force; the empty one where there is none.
    pub fn policy(&self) -> &RoutingPolicy {
        &self.policy
    }

    /// Installations that a policy names and that are not active here.
    pub fn missing(&self, routing: &Routing) -> Vec<InstallationId> {
        routing.flows().filter(|flow| !self.flows.iter().any(|offer| offer.id == **flow)).cloned().collect()
    }

    /// What would be decided about an event, as things stand now, and why. `routing` in place of the policy in force,
    /// if given.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn explain(
        &self,
        store: &dyn Store,
        routing: Option<&Routing>,
        event: &Event,
        contact: Option<&ContactId>,
        now: Timestamp,
    ) -> Result<Explained, StoreError> {
        let routing = routing.unwrap_or(&self.routing);
        let mut facts = Facts::default();
        let mut echo = Echo::default();
        let mut profile = Profile::of(event.contact.as_ref());
        if let Some(contact) = contact {
            profile = profile.with(&Profile::read(store, contact).await?);
            if let Some(number) = event.number_id.clone() {
                (facts, echo) = standing(store, &ConversationId { number, contact: contact.clone() }).await?;
            }
        }
        let speaks = |release: &Release<'_>| facts.ownership_at(echo, now, release);
        let ownership = speaks(&self.release(event.number_id.as_ref(), None));
        let candidates =
            self.candidates(event, |offer| speaks(&self.release(event.number_id.as_ref(), Some(offer))).owner);
        let facts = fold(facts.clone(), event, i64::MAX);
        let campaign = campaign(store, event).await?;
        let first_contact = first_contact(&facts, echo);
        let spoke = Spoke {
            owner: ownership.owner,
            holder: ownership.holder.as_ref(),
            first_contact,
            heard_last: facts.heard_last(event.at),
            candidates: &candidates,
        };
        Ok(self.ask(event, contact, &profile, spoke, campaign.as_deref(), |question| Explained {
            decision: route(routing, question),
            asked: routing.explain(question),
        }))
    }

    /// Decides stored events anew, by the policy in force and by another, and tells where they differ. Who spoke at the
    /// time follows from the events and from what was decided then; flows and tags are those of now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn dry_run(&self, store: &dyn Store, other: &Routing, since: Timestamp) -> Result<DryRun, StoreError> {
        let events = self.past(store, since).await?;
        let mut chats = Chats::begin(store, &events).await?;
        let mut people: HashMap<ContactId, Profile> = HashMap::new();
        let mut result = DryRun::default();
        for past in &events {
            let (event, contact) = (&*past.pending.event, past.pending.contact.as_ref());
            let (owner, first_contact) = chats.take(past, &self.release(event.number_id.as_ref(), None));
            if !matches!(event.body, Body::Message(_) | Body::Edit { .. } | Body::Revoke { .. })
                || event.origin != Origin::Customer
            {
                continue;
            }
            result.events += 1;
            let mut profile = Profile::of(event.contact.as_ref());
            if let Some(id) = contact {
                if !people.contains_key(id) {
                    people.insert(id.clone(), Profile::read(store, id).await?);
                }
                profile = profile.with(&people[id]);
            }
            let campaign = campaign(store, event).await?;
            // What flows said then is not in the events.
            let candidates = self.candidates(event, |_| owner);
            let spoke = Spoke { owner, holder: None, first_contact, heard_last: None, candidates: &candidates };
            let (now, then) = self.ask(event, contact, &profile, spoke, campaign.as_deref(), |question| {
                (route(&self.routing, question), route(other, question))
            });
            if who(&now) == who(&then) {
                continue;
            }
            result.changed.push(Changed {
                event: event.key.clone(),
                at: event.at,
                number: event.number_id.clone(),
                contact: contact.cloned(),
                before: who(&now),
                after: who(&then),
                rule: then.rule.to_string(),
                why: then.why(),
            });
        }
        Ok(result)
    }

    async fn past(&self, store: &dyn Store, since: Timestamp) -> Result<Vec<PastEvent>, StoreError> {
        let mut all: Vec<PastEvent> = Vec::new();
        loop {
            let after = all.last().map_or(0, |past| past.pending.seq);
            let page = store.past_events(&self.tenant, since, after, PAGE).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }

    /// Asks about an event on one of the tenant's numbers, with whoever spoke there before.
    fn ask<T>(
        &self,
        event: &Event,
        contact: Option<&ContactId>,
        profile: &Profile,
        spoke: Spoke<'_>,
        campaign: Option<&str>,
        ask: impl FnOnce(&Question<'_>) -> T,
    ) -> T {
        let number = self.number(event.number_id.as_ref());
        let Spoke { owner, holder, first_contact, heard_last, candidates } = spoke;
        Circumstances { event, number, contact, profile, owner, holder, first_contact, heard_last, campaign }
            .ask(candidates, ask)
    }

    fn number(&self, id: Option<&NumberId>) -> Option<(&NumberRow, &Life)> {
        self.numbers.iter().find(|(row, _)| Some(&row.id) == id).map(|(row, life)| (row, life))
    }

    /// When people have let go of a number's conversations.
    pub fn release_of(&self, number: &NumberId) -> Release<'_> {
        self.release(Some(number), None)
    }

    /// The same, as a flow is concerned.
    fn release<'a>(&'a self, number: Option<&NumberId>, offer: Option<&'a Offer>) -> Release<'a> {
        let own = offer.and_then(|offer| offer.release_after);
        let Some((row, _)) = self.number(number) else {
            return Release { after: own.unwrap_or(Release::default().after), ..Release::default() };
        };
        let closing = || {
            let own = offer.and_then(|offer| offer.hours.as_ref());
            own.or_else(|| self.offers(number).filter_map(|offer| offer.hours.as_ref()).next())
        };
        // What a running pipeline cannot read it reports, and does without.
        crate::release::terms(row, crate::release::daily_release(row).unwrap_or_default(), own, closing)
    }

    /// The flows on a number, in their order.
    fn offers(&self, number: Option<&NumberId>) -> impl Iterator<Item = &Offer> {
        let here =
            move |offer: &&Offer| offer.numbers.is_empty() || number.is_some_and(|id| offer.numbers.contains(id));
        self.flows.iter().filter(here)
    }

    fn candidates(&self, event: &Event, owner: impl Fn(&Offer) -> Owner) -> Vec<Candidate<'_>> {
        let offers = self.offers(event.number_id.as_ref()).map(|offer| Candidate {
            installation: &offer.id,
            trigger: &offer.trigger,
            open: offer.hours.as_ref().map(|hours| hours.period_at(event.at).open),
            owner: owner(offer),
            paused: offer.paused.as_deref(),
        });
        offers.collect()
    }
}

/// Who spoke in a conversation so far, and who might now.
struct Spoke<'a> {
    /// Who speaks now.
    owner: Owner,
    /// The flow that holds it.
    holder: Option<&'a InstallationId>,
    /// Whether the customer is heard for the first time.
    first_contact: bool,
    /// The flow that the customer may be answering.
    heard_last: Option<&'a InstallationId>,
    /// The flows that are offered the event.
    candidates: &'a [Candidate<'a>],
}

/// Who handles an event, in words.
fn who(decision: &Decision) -> String {
    match (&decision.handler, &decision.target) {
        (Handler::Flow(flow), _) => format!("flow {flow}"),
        (Handler::App, _) => "app".to_owned(),
        (Handler::Team, _) => "team".to_owned(),
        (Handler::Nobody, Some(target @ (ponte_policy::Target::Observe | ponte_policy::Target::Ignore))) => {
            target.to_string()
        }
        (Handler::Nobody, _) => format!("nobody ({})", decision.rule),
    }
}

/// How a conversation stands.
async fn standing(store: &dyn Store, id: &ConversationId) -> Result<(Facts, Echo), StoreError> {
    let row = store.conversation(id).await?;
    let facts = match row.facts {
        serde_json::Value::Null => Facts::default(),
        facts => serde_json::from_value(facts)
            .map_err(|error| StoreError::Corrupt { what: format!("conversation {id}"), why: error.to_string() })?,
    };
    Ok((facts, Echo { seq: row.echo_seq, at: row.echo_at }))
}

/// Conversations as they were, folded from their events once more.
struct Chats(HashMap<ConversationId, Facts>);

impl Chats {
    /// Of what happened before the events, only how much the customer had written can be told.
    async fn begin(store: &dyn Store, events: &[PastEvent]) -> Result<Self, StoreError> {
        let mut chats: HashMap<ConversationId, Facts> = HashMap::new();
        for past in events {
            let Some(id) = past.pending.conversation() else { continue };
            let facts = chats.entry(id).or_default();
            *facts = fold(std::mem::take(facts), &past.pending.event, past.pending.seq);
        }
        for (id, facts) in &mut chats {
            let (now, echo) = standing(store, id).await?;
            let wrote_before = now.customer_messages.saturating_sub(facts.customer_messages);
            // An echo before the first event is one that none of them is.
            let last_app_at = Some(echo.at).filter(|_| echo.seq > 0 && facts.echo_seq == 0);
            *facts = Facts { customer_messages: wrote_before, last_app_at, ..Facts::default() };
        }
        Ok(Self(chats))
    }

    /// Who spoke when the event came, and whether it was the first that was heard.
    fn take(&mut self, past: &PastEvent, release: &Release<'_>) -> (Owner, bool) {
        let Some(id) = past.pending.conversation() else { return (Owner::Nobody, false) };
        let facts = self.0.entry(id).or_default();
        *facts = fold(std::mem::take(facts), &past.pending.event, past.pending.seq);
        // Who had been handed the conversation is not in the events; what was decided then tells.
        let owner = match past.decision.as_deref() {
            Some("owned-by-app") => Owner::App,
            Some("owned-by-team") => Owner::Team,
            _ => facts.ownership_at(Echo::default(), past.pending.event.at, release).owner,
        };
        (owner, first_contact(facts, Echo::default()))
    }
}

/// A text that somebody might write on a number, to be asked about.
pub fn imagined(number: NumberId, person: Contact, text: &str, at: Timestamp) -> Event {
    let content = ponte_model::Content::Text { body: text.to_owned() };
    Event {
        key: EventKey::new("imagined"),
        origin: Origin::Customer,
        lane: ponte_model::Lane::Message,
        waba_id: None,
        number_id: Some(number),
        contact: Some(person),
        message_id: None,
        at,
        body: Body::Message(ponte_model::Message::of(content)),
    }
}
