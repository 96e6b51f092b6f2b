//! Which language of a template a message gets. The platform neither translates nor falls back: a pair of name and
//! language that it does not have is refused with 132001. (Meta: supported languages.)

use ponte_model::Refusal;
use ponte_model::send::Template;
use ponte_model::template::{Registered, Status};

/// Chooses among the languages of the template that a message names: first the message's own, then its language without
/// the country, then `fallbacks` in their order. The first that may be sent is taken.
///
/// # Errors
/// [`Refusal::Template`]: there is none of that name, none in these languages, or none that is approved.
pub fn variant<'a>(
    send: &Template,
    variants: &[&'a Registered],
    fallbacks: &[String],
) -> Result<&'a Registered, Refusal> {
    let base = send.language.split('_').next().unwrap_or_default();
    let order = [send.language.as_str(), base].into_iter().chain(fallbacks.iter().map(String::as_str));
    let mut first = None;
    for language in order {
        let Some(found) = variants.iter().find(|one| one.definition.language == language) else { continue };
        if found.status == Status::Approved {
            return Ok(found);
        }
        first.get_or_insert(*found);
    }
    // What stands in the way is for `check` to say.
    first.ok_or_else(|| Refusal::Template { why: missing(send, variants) })
}

fn missing(send: &Template, variants: &[&Registered]) -> String {
    let Template { name, language, .. } = send;
    if variants.is_empty() {
        return format!(
            "the account has no template {name:?}; if it is new, run `ponte template sync`, and if it is misspelt, \
             `ponte template list` shows what there is"
        );
    }
    let mut known: Vec<_> = variants.iter().map(|one| one.definition.language.as_str()).collect();
    known.sort_unstable();
    format!(
        "{name} has no {language}, only {}: send one of these, or submit it in {language} with `ponte template submit` \
         (if that was done, run `ponte template sync`)",
        known.join(", ")
    )
}
