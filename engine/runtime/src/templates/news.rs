//! What webhooks say about templates, known at once.

use ponte_model::template::{Category, Registered};
use ponte_model::{TemplateUpdate, WabaId};
use ponte_policy::template::{Applied, apply};
use ponte_store::{Pending, StoreError};

use crate::core::Core;

/// Brings a template up to date; one that is not known, or of which the webhook says too little, is listed again.
pub(crate) async fn hear(core: &Core, pending: &Pending, update: &TemplateUpdate) -> Result<(), StoreError> {
    let Some(waba) = &pending.event.waba_id else { return Ok(()) };
    let templates = &core.templates;
    let _changing = templates.changing.lock().await;
    let book = templates.book(waba);
    let known = book.iter().flat_map(|book| book.values().flatten()).find(|template| is(template, update));
    let Some(mut template) = known.cloned() else {
        templates.ask(waba);
        return Ok(());
    };
    let applied = apply(&mut template, update);
    match &applied {
        Applied::Nothing => return Ok(()),
        Applied::Ask => {
            templates.ask(waba);
            return Ok(());
        }
        Applied::Changed => tracing::info!(
            %waba, template = update.name, language = update.language,
            status = %template.status, quality = %template.quality, "a template changed"
        ),
        Applied::Recategorized { from, to } => recategorized(waba, &template, from, to),
        Applied::WillBeRecategorized { from, to } => tracing::warn!(
            %waba, template = update.name, language = update.language, %from, %to,
            "a template will get another category within a day, and another price"
        ),
    }
    core.store.put_template(&template, core.clock.now()).await?;
    templates.reload_account(&*core.store, waba).await
}

/// By Meta's id where the webhook has one: a name may be given anew.
fn is(template: &Registered, update: &TemplateUpdate) -> bool {
    let definition = &template.definition;
    match &update.id {
        Some(id) => template.id == *id,
        None => definition.name == update.name && definition.language == update.language,
    }
}

/// The price follows the category.
pub(super) fn recategorized(waba: &WabaId, template: &Registered, from: &Category, to: &Category) {
    let definition = &template.definition;
    metrics::counter!("ponte_templates_recategorized_total", "from" => from.to_string(), "to" => to.to_string())
        .increment(1);
    tracing::warn!(
        %waba, template = definition.name, language = definition.language, %from, %to,
        "Meta gave a template another category, and with it another price"
    );
}
