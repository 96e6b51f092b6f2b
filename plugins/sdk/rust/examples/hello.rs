//! The smallest flow: answers every text.

use ponte_sdk::prelude::*;

fn on_event(event: Event) -> Outcome {
    if event.text().is_some() {
        reply("Olá!")?.done();
    }
    Ok(())
}

ponte_sdk::flow!(on_event);
