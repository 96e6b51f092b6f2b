//! Notes what was last heard of each number, in the transaction that stores it: of the phone (echoes, address book,
//! history) and of customers.
//!
//! Days are what matters, so a sign that is less than a minute newer than the one on record is not written: a busy
//! number costs a row a minute, and the statement is empty in most batches.

use std::collections::HashMap;

use ponte_model::{Body, Event, Lane, Origin, Timestamp};
use serde::Serialize;

use super::script::{Script, Step};

/// News within so many milliseconds is no news.
const NEWS_MS: i64 = 60_000;

/// So many numbers are remembered; then the cache starts anew.
const CACHED: usize = 20_000;

/// What an event tells of its number.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Sign {
    phone: i64,
    echo: i64,
    customer: i64,
    contacts: i64,
    history: i64,
}

impl Sign {
    /// What `event` tells; nothing, mostly.
    pub(super) fn of(event: &Event, received_at: Timestamp) -> Self {
        let (at, received) = (event.at.min(received_at).as_millis(), received_at.as_millis());
        match (event.lane, event.origin, &event.body) {
            (Lane::Message, Origin::App, _) => Self { phone: at, echo: at, ..Self::default() },
            (Lane::Message, Origin::Customer, Body::Message(_)) => Self { customer: at, ..Self::default() },
            // The phone was there when it happened, which a redelivery does not change; that it came is known now.
            (Lane::Import, _, Body::AppContact(_)) => Self { phone: at, contacts: received, ..Self::default() },
            (Lane::Import, _, Body::HistoryProgress(_) | Body::HistoryRefused(_)) => {
                Self { phone: at, history: received, ..Self::default() }
            }
            _ => Self::default(),
        }
    }

    fn merged(self, other: Self) -> Self {
        Self {
            phone: self.phone.max(other.phone),
            echo: self.echo.max(other.echo),
            customer: self.customer.max(other.customer),
            contacts: self.contacts.max(other.contacts),
            history: self.history.max(other.history),
        }
    }

    /// Whether this says more than what is on record.
    fn is_news(self, known: Self) -> bool {
        let newer = |this: i64, known: i64| this > known.saturating_add(NEWS_MS);
        let turned = |this: i64, known: i64, other: i64| this > known && other >= known;
        newer(self.phone, known.phone)
            || newer(self.echo, known.echo)
            || newer(self.customer, known.customer)
            || newer(self.contacts, known.contacts)
            || newer(self.history, known.history)
            // The first answer after a question, and the first question after an answer.
            || turned(self.echo, known.echo, known.customer)
            || turned(self.customer, known.customer, known.echo)
    }
}

/// What is on record, as far as it was written since the start.
#[derive(Default)]
pub(in crate::sqlite) struct Heard(HashMap<String, Sign>);

#[derive(Serialize)]
struct Row<'a> {
    number: &'a str,
    #[serde(flatten)]
    sign: Sign,
}

impl Heard {
    /// The transaction was rolled back: what it wrote is not on record.
    pub(in crate::sqlite) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn plan<'a>(
        &mut self,
        signs: impl Iterator<Item = (&'a str, Sign)>,
        script: &mut Script,
    ) -> Result<(), sqlx::Error> {
        let mut by_number: HashMap<&str, Sign> = HashMap::new();
        for (number, sign) in signs {
            let known = by_number.entry(number).or_default();
            *known = known.merged(sign);
        }
        by_number.retain(|number, sign| sign.is_news(self.0.get(*number).copied().unwrap_or_default()));
        if self.0.len() > CACHED {
            self.0.clear();
        }
        for (number, sign) in &by_number {
            let known = self.0.entry((*number).to_owned()).or_default();
            *known = known.merged(*sign);
        }
        let rows: Vec<_> = by_number.into_iter().map(|(number, sign)| Row { number, sign }).collect();
        script.set(Step::Signs, &rows)
    }
}

// `asked_at` begins with the first question after an answer. An echo that comes late answers nothing that was asked later.
pub(super) const SIGNS: &str = "INSERT INTO number_signs (number_id, phone_at, echo_at, customer_at, asked_at,
                                                          contacts_at, history_at)
    SELECT value ->> 'number', value ->> 'phone', value ->> 'echo', value ->> 'customer',
           iif(value ->> 'customer' > value ->> 'echo', value ->> 'customer', 0),
           value ->> 'contacts', value ->> 'history'
      FROM jsonb_each(?) WHERE true
    ON CONFLICT (number_id) DO UPDATE SET
        asked_at = CASE WHEN asked_at = 0 OR excluded.echo_at >= asked_at THEN excluded.asked_at ELSE asked_at END,
        phone_at = max(phone_at, excluded.phone_at), echo_at = max(echo_at, excluded.echo_at),
        customer_at = max(customer_at, excluded.customer_at),
        contacts_at = max(contacts_at, excluded.contacts_at), history_at = max(history_at, excluded.history_at)";
