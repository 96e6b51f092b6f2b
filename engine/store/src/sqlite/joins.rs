//! Somebody turned out to be another: what was theirs follows. The ledger of consent is never changed: whoever reads it
//! reads the lines of both.

use ponte_model::ContactId;

use super::SqliteStore;
use super::committer::Op;
use crate::Result;

/// What follows from `?1` to `?2`, in one transaction. Of two things by one name the later is kept.
const FOLLOW: &[&str] = &[
    // Who had turned out to be the one is now the other.
    "UPDATE contacts SET same_as = ?2 WHERE same_as = ?1",
    "INSERT INTO timers (installation, number_id, contact_id, name, due, set_by, payload)
     SELECT installation, number_id, ?2, name, due, set_by, payload FROM timers WHERE contact_id = ?1
     ON CONFLICT DO UPDATE SET due = excluded.due, set_by = excluded.set_by, payload = excluded.payload
      WHERE excluded.set_by > timers.set_by",
    "DELETE FROM timers WHERE contact_id = ?1",
    "INSERT INTO state (installation, scope, owner, key, value, version, expires_at)
     SELECT installation, scope, ?2 || substr(owner, length(?1) + 1), key, value, version, expires_at FROM state
      WHERE (scope = 'contact' AND owner = ?1) OR (scope = 'conversation' AND owner >= ?1 || '/' AND owner < ?1 || '0')
     ON CONFLICT DO UPDATE SET value = excluded.value, version = excluded.version, expires_at = excluded.expires_at
      WHERE excluded.version > state.version",
    "DELETE FROM state
      WHERE (scope = 'contact' AND owner = ?1) OR (scope = 'conversation' AND owner >= ?1 || '/' AND owner < ?1 || '0')",
    "INSERT INTO contact_tags (contact_id, tag) SELECT ?2, tag FROM contact_tags WHERE contact_id = ?1
     ON CONFLICT DO NOTHING",
    "DELETE FROM contact_tags WHERE contact_id = ?1",
    "INSERT INTO suppressed (contact_id, reason, at) SELECT ?2, reason, at FROM suppressed WHERE contact_id = ?1
     ON CONFLICT DO NOTHING",
    "DELETE FROM suppressed WHERE contact_id = ?1",
    "UPDATE controls SET contact_id = ?2 WHERE contact_id = ?1",
    "UPDATE charges SET contact_id = ?2 WHERE contact_id = ?1",
    // A chat that only the one had. Where both have one, the policy says what becomes of the facts.
    "INSERT INTO conversations (number_id, contact_id, facts, echo_seq, echo_at)
     SELECT number_id, ?2, facts, echo_seq, echo_at FROM conversations WHERE contact_id = ?1
     ON CONFLICT DO NOTHING",
    // What was written, and what waits: it leaves by what is known of the chat as it is now.
    "UPDATE inbox SET contact_id = ?2 WHERE contact_id = ?1 AND kind IN ('message', 'echo') AND state = 'done'",
    "UPDATE outbox SET contact_id = ?2 WHERE contact_id = ?1",
    "UPDATE requests SET contact_id = ?2 WHERE contact_id = ?1 AND state = 'queued'",
];

impl SqliteStore {
    pub(super) async fn follow(&self, absorbed: &ContactId, contact: &ContactId) -> Result<()> {
        let (absorbed, contact) = (absorbed.clone(), contact.clone());
        let op = Op {
            run: Box::new(move |connection| {
                let (absorbed, contact) = (absorbed.clone(), contact.clone());
                Box::pin(async move {
                    for statement in FOLLOW {
                        let query = sqlx::query(*statement).bind(absorbed.as_str()).bind(contact.as_str());
                        query.execute(&mut *connection).await?;
                    }
                    Ok(0)
                })
            }),
        };
        self.op(op).await.map(drop)
    }
}
