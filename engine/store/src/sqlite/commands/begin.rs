//! Lets messages out, unless an echo or a stop came that the verdict did not know of.

use std::collections::HashSet;

use serde::Serialize;
use sqlx::Row as _;

use super::charges;
use super::script::{Returned, Script, Step};
use super::stops::nothing_newer;
use crate::{Began, BeginSend};

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    echo_seq: i64,
    yields: bool,
    consent_seq: Option<i64>,
    suppressed: bool,
    initiates: bool,
    at: i64,
}

pub(in crate::sqlite) fn plan(begins: &[&BeginSend], script: &mut Script) -> Result<(), sqlx::Error> {
    let rows: Vec<_> = begins
        .iter()
        .map(|begin| Row {
            id: begin.id.as_str(),
            echo_seq: begin.leave.echo_seq,
            yields: begin.leave.yields_to_echo,
            consent_seq: begin.leave.consent.map(|seen| seen.seq),
            suppressed: begin.leave.consent.is_some_and(|seen| seen.suppressed),
            initiates: begin.leave.initiates,
            at: begin.leave.at.as_millis(),
        })
        .collect();
    script.set(Step::Begin, &rows)
}

/// What goes into the ledger if it leaves.
pub(in crate::sqlite) fn charges<'a>(begins: &[&'a BeginSend]) -> Result<Vec<charges::Row<'a>>, sqlx::Error> {
    begins.iter().filter_map(|begin| begin.charge.as_deref()).map(charges::Row::of).collect()
}

pub(in crate::sqlite) fn answers(begins: &[&BeginSend], returned: &Returned) -> Vec<Began> {
    let mut begun: HashSet<&str> = returned.of(Step::Begin).iter().map(|row| row.get(0)).collect();
    // Of two that ask for the same message in one batch, one may go.
    begins.iter().map(|begin| if begun.remove(begin.id.as_str()) { Began::Go } else { Began::Stale }).collect()
}

pub(super) const BEGIN: &str = concat!(
    "UPDATE outbox
      SET state = 'sending', rank = 10, attempts = attempts + 1, sending_at = b.at, initiates = b.initiates
     FROM (SELECT value ->> 'id' AS id, value ->> 'echo_seq' AS echo_seq, value ->> 'yields' AS yields,
                  value ->> 'consent_seq' AS consent_seq, value ->> 'suppressed' AS suppressed,
                  value ->> 'initiates' AS initiates, value ->> 'at' AS at FROM jsonb_each(?)) b
    WHERE outbox.send_id = b.id AND outbox.state = 'queued' AND ",
    nothing_newer!("outbox.number_id", "outbox.contact_id", "b.yields", "b.echo_seq", "b.consent_seq", "b.suppressed"),
    " RETURNING outbox.send_id"
);
