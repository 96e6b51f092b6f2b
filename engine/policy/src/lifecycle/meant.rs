//! Which numbers an update of an account is about: the platform often does not say.

use ponte_model::{AccountUpdate, Event, NumberId, Phone, WabaId};

use super::apply::is_about_link;
use super::life::{Life, Link};

/// A number that might be meant.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Which.
    pub id: &'a NumberId,
    /// Its account.
    pub waba: Option<&'a WabaId>,
    /// Its digits.
    pub phone: Option<&'a Phone>,
    /// Whether it lives on a phone too.
    pub on_phone: bool,
    /// How it stands.
    pub life: &'a Life,
}

/// The numbers that an update is about.
///
/// - One that is named, by id or digits, is meant and no other.
/// - What concerns the link and names nobody means every number of the account that lives on a phone
///   (`ACCOUNT_OFFBOARDED` does not even say the number): to hold one back for minutes does less harm than to send
///   into nowhere. A link that returns is that of an offboarded number, if there is one; else of any that is down.
/// - Everything else is about the whole account.
pub fn meant<'a>(update: &AccountUpdate, event: &Event, candidates: &[Candidate<'a>]) -> Vec<&'a NumberId> {
    let mut all: Vec<_> = candidates
        .iter()
        .filter(|one| match &event.number_id {
            Some(named) => one.id == named,
            None => one.waba.is_some() && one.waba == event.waba_id.as_ref(),
        })
        .collect();
    if let Some(phone) = &update.display_phone {
        all.retain(|one| one.phone.is_none_or(|known| known == phone));
    }
    if is_about_link(update) {
        let named = |one: &Candidate<'_>| one.phone.is_some() && one.phone == update.display_phone.as_ref();
        all.retain(|one| one.on_phone || named(one));
        if update.event == "ACCOUNT_RECONNECTED" && all.iter().any(|one| one.life.link.now == Link::Offboarded) {
            all.retain(|one| one.life.link.now == Link::Offboarded);
        }
    }
    all.into_iter().map(|one| one.id).collect()
}
