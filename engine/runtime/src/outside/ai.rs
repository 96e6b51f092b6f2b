//! A question to the operator's model: paid for before it is asked, and never beyond the day's money.

use ponte_connect::{Usage, ask};
use ponte_model::{AiAnswer, AiRequest, Refusal};

use super::ask::Asker;
use super::day;

pub(super) async fn complete(asker: &Asker<'_>, request: &AiRequest) -> Result<AiAnswer, Refusal> {
    let (core, installation) = (asker.core, &asker.installed.id);
    let Some(ai) = &core.settings.outside.ai else {
        return fallback(asker, request).await?.ok_or_else(|| Refusal::Other { why: "ai-absent".to_owned() });
    };
    let (day, set_aside) = (day(core), ai.prices.at_most(request));
    let unavailable = |error: ponte_store::StoreError| Refusal::Other { why: error.to_string() };
    if !core.store.reserve_spend(installation, &day, set_aside, ai.most_a_day).await.map_err(unavailable)? {
        return fallback(asker, request).await?.ok_or(Refusal::Budget);
    }
    // A run that is given up while it waits leaves what was set aside as it is: nobody knows what it cost.
    let (answer, Usage { tokens_in, tokens_out, certain }) = ask(&*ai.model, request).await;
    if certain {
        let spent = ai.prices.of(tokens_in, tokens_out);
        core.store.correct_spend(installation, &day, spent - set_aside).await.map_err(unavailable)?;
    }
    answer
}

/// The text that the manifest declares for when no model can be asked, if it fits what was asked for.
///
/// # Errors
/// What was asked for is no schema that is taken: no text could fit it.
async fn fallback(asker: &Asker<'_>, request: &AiRequest) -> Result<Option<AiAnswer>, Refusal> {
    let text = asker.installed.ai_fallback().and_then(|key| asker.installed.text(key, &asker.installed.language()));
    let Some(text) = text else { return Ok(None) };
    let fits = match &request.schema {
        Some(schema) => ponte_connect::fits_schema(schema, &text).await?,
        None => true,
    };
    Ok(fits.then_some(AiAnswer { text, fallback: true, tokens_in: 0, tokens_out: 0 }))
}
