//! Orders of operators about conversations become events like any other: in order with what else happens there, durable,
//! and recorded with who gave them.

use std::sync::Arc;
use std::time::Duration;

use ponte_model::{Body, Contact, Event, EventKey, Lane, Origin};
use ponte_store::{ControlRow, Incoming};

use crate::core::Core;
use crate::ingest::{IngestError, take_in};

/// Pause when the store or the inbox cannot take more.
const PAUSE: Duration = Duration::from_secs(1);

pub(crate) async fn run(core: Arc<Core>) {
    while !core.stopping.is_cancelled() {
        // Not within the `select!`: what was stored must be handed on, whatever else happens.
        let again = match pass_on(&core).await {
            Ok(()) => None,
            Err(error) => {
                tracing::warn!(%error, "orders about conversations have to wait");
                Some(ponte_clock::pause(PAUSE))
            }
        };
        let due = async {
            match again {
                Some(pause) => pause.await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = due => {}
            () = core.controls_given.notified() => {}
            () = core.stopping.cancelled() => {}
        }
    }
}

/// First the event, then the row goes: a crash between the two makes the same event again, which is known by its key.
async fn pass_on(core: &Arc<Core>) -> Result<(), IngestError> {
    for row in core.store.controls().await? {
        let person = core.store.contact(&row.conversation.contact).await?;
        let person = person.map(|row| Contact { user_id: row.user_id, phone: row.phone, ..Contact::default() });
        let tenant = core.registry.now().number(&row.conversation.number).map(|number| number.tenant.clone());
        let incoming = Incoming {
            tenant: tenant.unwrap_or_else(|| core.settings.default_tenant.clone()),
            contact: Some(row.conversation.contact.clone()),
            event: Arc::new(event(&row, person)),
        };
        take_in(core, vec![incoming]).await?;
        core.store.drop_control(row.id).await?;
    }
    Ok(())
}

fn event(row: &ControlRow, contact: Option<Contact>) -> Event {
    Event {
        key: EventKey::of(&["control", &row.id.to_string(), &row.at.to_string()]),
        origin: Origin::System,
        lane: Lane::Message,
        waba_id: None,
        number_id: Some(row.conversation.number.clone()),
        contact,
        message_id: None,
        at: row.at,
        body: Body::Control(row.control.clone()),
    }
}
