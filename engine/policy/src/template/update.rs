//! What the platform's news change of a registered template. (Meta: message_template_status_update,
//! message_template_quality_update, template_category_update.)

use ponte_model::TemplateUpdate;
use ponte_model::template::{Category, Quality, Registered, Status};

/// What an update did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Nothing that is kept.
    Nothing,
    /// Status or quality, or a notice, is as the update says.
    Changed,
    /// The platform changed the category, and with it the price.
    Recategorized {
        /// What it was.
        from: Category,
        /// What it is.
        to: Category,
    },
    /// The platform will change the category, a day later.
    WillBeRecategorized {
        /// What it is.
        from: Category,
        /// What it will be.
        to: Category,
    },
    /// The update does not say what is true now: the template is to be read anew.
    Ask,
}

/// What a status event leads to. (Meta: message_template_status_update, 2026-09.)
enum Event {
    /// The template has this status now.
    Is(Status),
    /// The template's status stays.
    Stays,
    /// The event does not say what the status is now.
    Unclear,
}

fn event(word: &str) -> Event {
    match word {
        "REINSTATED" => Event::Is(Status::Approved),
        "FLAGGED" | "LOCKED" => Event::Stays,
        // Back to what it was before, which may be anything.
        "UNARCHIVED" => Event::Unclear,
        word => match word.into() {
            Status::Other(_) => Event::Unclear,
            status => Event::Is(status),
        },
    }
}

/// Brings a template up to date with what a webhook says of it.
pub fn apply(registered: &mut Registered, update: &TemplateUpdate) -> Applied {
    let now = update.now.as_deref().unwrap_or_default();
    match update.what.as_str() {
        "status" => {
            let status = match event(now) {
                Event::Is(status) => status,
                Event::Stays => registered.status.clone(),
                Event::Unclear => return Applied::Ask,
            };
            let changed = status != registered.status || update.reason != registered.reason;
            registered.status = status;
            registered.reason.clone_from(&update.reason);
            match update.category.as_deref().map(Category::from) {
                Some(to) if to != registered.definition.category => recategorize(registered, to),
                _ if changed => Applied::Changed,
                _ => Applied::Nothing,
            }
        }
        "quality" => {
            let quality = Quality::from(now);
            let changed = quality != registered.quality;
            registered.quality = quality;
            if changed { Applied::Changed } else { Applied::Nothing }
        }
        "category" => category(registered, update),
        // The text changed, and the webhook has only a part of it.
        _ => Applied::Ask,
    }
}

/// A day before, the new category comes as the correct one; when it is done, the previous one is named.
fn category(registered: &mut Registered, update: &TemplateUpdate) -> Applied {
    let present = registered.definition.category.clone();
    match (&update.before, update.now.as_deref().map(Category::from), update.category.as_deref().map(Category::from)) {
        (Some(_), Some(to), _) if to != present => recategorize(registered, to),
        (None, _, Some(to)) if to != present => {
            registered.correct_category = Some(to.clone());
            Applied::WillBeRecategorized { from: present, to }
        }
        _ => Applied::Nothing,
    }
}

fn recategorize(registered: &mut Registered, to: Category) -> Applied {
    let from = std::mem::replace(&mut registered.definition.category, to.clone());
    registered.previous_category = Some(from.clone());
    registered.correct_category = None;
    Applied::Recategorized { from, to }
}
