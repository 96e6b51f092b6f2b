//! Submits the templates that an account lacks: once, whoever tries and whatever crashes.
//!
//! The account is listed first, so that what is there already is taken as it is. The claim in the store is written before
//! the request leaves; where nobody knows whether it arrived, the next list tells.

use std::collections::BTreeSet;
use std::time::Duration;

use ponte_clock::Clock;
use ponte_flow::TemplateFile;
use ponte_model::template::Status;
use ponte_model::{InstallationId, WabaId};
use ponte_policy::flows::Absent;
use ponte_store::{Store, StoreError, SubmissionOutcome};
use ponte_whatsapp::errors::{Class, lookup};
use ponte_whatsapp::graph::{GraphClient, SendError};
use secrecy::SecretString;

use super::look::{Scene, settle_one};
use crate::core::Tokens;
use crate::templates::sync_templates;

/// After so long a claim whose fate nobody noted may be taken anew. Longer than any request.
const LAPSE: Duration = Duration::from_secs(600);

/// What became of one template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// The platform took it.
    Taken {
        /// Where it stands.
        status: Status,
    },
    /// Somebody else submits it, or did.
    Elsewhere,
    /// The platform did not take it.
    Refused {
        /// What it said.
        why: String,
    },
    /// It could not be submitted now; it is tried again.
    Later {
        /// Why.
        why: String,
    },
}

/// A template on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmitNews {
    /// The template and its account.
    pub template: Absent,
    /// What became of it.
    pub outcome: Submitted,
}

/// The token of an account: that of any of its numbers.
pub(super) fn token<'t>(scene: &Scene, tokens: &'t Tokens, waba: &WabaId) -> Option<&'t SecretString> {
    let mut ours = scene.numbers.iter().filter(|row| row.waba_id.as_ref() == Some(waba));
    ours.find_map(|row| tokens.of(&row.id))
}

/// Submits one template.
pub(super) async fn submit(
    store: &dyn Store,
    graph: &GraphClient,
    token: &SecretString,
    clock: &dyn Clock,
    template: &Absent,
    file: &TemplateFile,
    again: bool,
) -> Result<Submitted, StoreError> {
    let key = (&template.waba, template.name.as_str(), template.language.as_str());
    if !store.claim_submission(key, clock.now(), LAPSE, again).await? {
        return Ok(Submitted::Elsewhere);
    }
    let (outcome, kept) = match graph.create_template(&template.waba, token, &file.body).await {
        Ok(submitted) => (Submitted::Taken { status: submitted.status }, Some(SubmissionOutcome::Submitted)),
        Err(SendError::NotSent { why }) => (Submitted::Later { why }, None),
        // Meta said no by a code that nobody here knows. Should it have taken the template all the same, the list tells.
        Err(SendError::InDoubt { why, error: Some(error) }) if lookup(error.error.code).is_none() => {
            (Submitted::Refused { why: why.clone() }, Some(SubmissionOutcome::Refused { why }))
        }
        // The claim stands: until it lapses nobody submits, and the list tells by then.
        Err(SendError::InDoubt { why, .. }) => return Ok(Submitted::Later { why }),
        Err(SendError::Rejected(error)) => {
            let why = error.to_string();
            match error.class {
                Class::Transient | Class::TransientUnknown | Class::Wait | Class::Account => {
                    (Submitted::Later { why }, None)
                }
                Class::Permanent | Class::StopRecipient => {
                    (Submitted::Refused { why: why.clone() }, Some(SubmissionOutcome::Refused { why }))
                }
            }
        }
    };
    store.settle_submission(key, kept.as_ref()).await?;
    let Absent { waba, name, language } = template;
    match &outcome {
        Submitted::Taken { status } => tracing::info!(%waba, name, language, %status, "a template was submitted"),
        Submitted::Refused { why } | Submitted::Later { why } => {
            tracing::warn!(%waba, name, language, why, "a template could not be submitted");
        }
        Submitted::Elsewhere => {}
    }
    Ok(outcome)
}

/// Lists the accounts of an installation and submits what they lack; for a command line, beside a pipeline or without
/// one. `say` hears of each template. The installation stands as it should when this returns.
///
/// # Errors
/// When the store cannot be read or written.
pub async fn submit_templates(
    store: &dyn Store,
    graph: &GraphClient,
    tokens: &Tokens,
    clock: &dyn Clock,
    id: &InstallationId,
    mut say: impl FnMut(&SubmitNews),
) -> Result<(), StoreError> {
    let rows: Vec<_> = store.installations().await?.into_iter().filter(|row| row.id == *id).collect();
    let scene = Scene::of(&rows, store.numbers().await?);
    let accounts: BTreeSet<_> = scene.accounts().into_iter().collect();
    for waba in &accounts {
        for account in sync_templates(store, graph, tokens, clock, Some(waba)).await? {
            if let Err(why) = account.outcome {
                tracing::warn!(%waba, why, "the templates of an account could not be listed");
            }
        }
    }
    let absent = settle_one(store, id, clock.now()).await?.absent;
    let mut submitted = BTreeSet::new();
    for template in absent {
        let Some(file) = scene.file(&template) else { continue };
        let outcome = match token(&scene, tokens, &template.waba) {
            Some(token) => submit(store, graph, token, clock, &template, file, true).await?,
            None => Submitted::Later { why: "no number of the account has an access token".to_owned() },
        };
        if matches!(outcome, Submitted::Taken { .. }) {
            submitted.insert(template.waba.clone());
        }
        say(&SubmitNews { template, outcome });
    }
    for waba in &submitted {
        sync_templates(store, graph, tokens, clock, Some(waba)).await?;
    }
    settle_one(store, id, clock.now()).await.map(drop)
}
