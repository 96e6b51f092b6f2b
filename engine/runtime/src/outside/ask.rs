//! Answers a question of a run.

use std::sync::Arc;

use ponte_connect::Failed;
use ponte_model::{Contact, ContactId, HttpMethod, OutsideAnswer, OutsideCall, Refusal};

use super::{ai, orders};
use crate::core::Core;
use crate::registry::Installed;

/// Who asks.
pub(crate) struct Asker<'a> {
    pub(crate) core: &'a Arc<Core>,
    pub(crate) installed: &'a Installed,
    /// The event's contact.
    pub(crate) contact: Option<&'a ContactId>,
    /// The same person, as the event knows them.
    pub(crate) person: Option<&'a Contact>,
}

impl Asker<'_> {
    /// The answer, or why there is none; counted either way.
    pub(crate) async fn ask(&self, call: OutsideCall) -> Result<OutsideAnswer, Refusal> {
        let name = call.name();
        let answer = self.answer(call).await;
        let outcome = answer.as_ref().err().map_or("answered", |refusal| refusal.code());
        metrics::counter!("ponte_outside_total", "call" => name, "outcome" => outcome).increment(1);
        if let Err(refusal) = &answer {
            // Neither address nor words, which may be a customer's: the run's record has them.
            tracing::info!(flow = %self.installed.flow, installation = %self.installed.id, call = name, why = refusal.code(), "refused");
        }
        answer
    }

    async fn answer(&self, call: OutsideCall) -> Result<OutsideAnswer, Refusal> {
        let (outside, grants) = (&self.core.outside, &self.installed.grants);
        let secrets = outside.secrets(&self.installed.id);
        match call {
            OutsideCall::HttpGet { url, headers } => {
                let answer = outside.client()?.get(grants, &secrets, &url, &headers).await;
                answer.map(OutsideAnswer::Http).map_err(Failed::into_refusal)
            }
            OutsideCall::HttpLater(request) => {
                let what: (HttpMethod, &str) = (request.method, &request.url);
                outside.client()?.check(grants, &secrets, what, &request.headers, &request.body)?;
                Ok(OutsideAnswer::Later)
            }
            OutsideCall::Secret { name } => {
                if !grants.0.iter().any(|grant| grant.secrets.contains(&name)) {
                    return Err(Refusal::Denied { permission: format!("secret {name}") });
                }
                let installation = &self.installed.id;
                let missing =
                    || format!("the shop has not set the secret `{name}`: `ponte secret set {installation} {name}`");
                let stand_in = secrets.stand_in(&name).ok_or_else(|| Refusal::Other { why: missing() })?;
                Ok(OutsideAnswer::Secret(stand_in.to_owned()))
            }
            OutsideCall::OrdersFind { number } => orders::find(self, &number).await.map(OutsideAnswer::Orders),
            OutsideCall::OrdersOfContact => orders::of_contact(self).await.map(OutsideAnswer::Orders),
            OutsideCall::Ai(request) => ai::complete(self, &request).await.map(OutsideAnswer::Ai),
        }
    }
}
