//! What must never happen, whatever a flow says.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use ponte_simulator::What;
use ponte_store::SendState;

use super::Case;
use crate::document::Step;
use crate::stage::{Say as _, Stage, StageError};

/// Something that must never happen: what should be, and what is.
pub(super) type Wrong = (&'static str, String);

/// How many things are looked for.
pub(super) const COUNT: usize = 7;

/// So long after the owner wrote nobody lets go yet, whatever is set.
const HELD: Duration = Duration::from_secs(60);

/// Looks for all of it.
pub(super) async fn look(stage: &Stage, case: &Case) -> Result<Vec<Wrong>, StageError> {
    let mut wrong = Vec::new();
    refused(stage, &mut wrong);
    twice(stage, &mut wrong);
    over_the_owner(stage, case, &mut wrong);
    too_many(stage, case, &mut wrong);
    runs(stage, &mut wrong).await?;
    left_over(stage, case, &mut wrong).await?;
    Ok(wrong)
}

/// Meta must never have to say no.
fn refused(stage: &Stage, wrong: &mut Vec<Wrong>) {
    for entry in stage.simulator.refusals() {
        if let What::Refused { code, details, .. } = &entry.what {
            wrong.push(("no message that Meta refuses", format!("Meta refused one with {code}: {details}")));
        }
    }
}

/// No message leaves twice.
fn twice(stage: &Stage, wrong: &mut Vec<Wrong>) {
    let mut seen = HashSet::new();
    for entry in stage.simulator.transcript() {
        if let What::Sent { callback: Some(id), text, .. } = &entry.what
            && !seen.insert(id.clone())
        {
            wrong.push(("each message sent once", format!("this one was sent again: {text:?}")));
        }
    }
}

/// After somebody wrote on the phone, nothing free-form leaves. Echoes that come late or never are another matter.
fn over_the_owner(stage: &Stage, case: &Case, wrong: &mut Vec<Wrong>) {
    if case.document.race {
        return;
    }
    let mut last = HashMap::new();
    for entry in stage.simulator.transcript() {
        match &entry.what {
            What::Echo { automatic: false, .. } => {
                last.insert(entry.customer.clone(), entry.at);
            }
            What::Sent { kind, text, .. }
                if kind != "template" && last.get(&entry.customer).is_some_and(|at| entry.at.since(*at) < HELD) =>
            {
                wrong.push(("nothing said after the owner wrote", format!("this was: {text:?}")));
            }
            _ => {}
        }
    }
}

/// No more messages than there is reason for: one for each thing that happened, and one for each order.
fn too_many(stage: &Stage, case: &Case, wrong: &mut Vec<Wrong>) {
    let steps = &case.document.steps;
    let said = |step: &Step| match step {
        Step::Customer(_) | Step::Tap(_) => 1,
        Step::Lines(lines) if case.about.debounces => usize::from(!lines.is_empty()),
        Step::Lines(lines) => lines.len(),
        _ => 0,
    };
    let orders = steps.iter().filter(|step| matches!(step, Step::Order(_))).count() + usize::from(case.about.orders);
    // A flow may follow up on what it said, by a timer.
    let most = case.document.most.unwrap_or_else(|| steps.iter().map(said).sum::<usize>()).max(1);
    let most = 2 * most + orders;
    let sent = stage.simulator.transcript();
    let sent: Vec<_> = sent
        .iter()
        .filter_map(|entry| match &entry.what {
            What::Sent { text, .. } => Some(text.clone()),
            _ => None,
        })
        .collect();
    if sent.len() > most {
        let all: String = sent.iter().map(|text| format!("\n{text:?}")).collect();
        wrong.push(("no more replies than there is reason for", format!("{} came, {most} at most:{all}", sent.len())));
    }
}

/// Each event is run once, and no run crashes.
async fn runs(stage: &Stage, wrong: &mut Vec<Wrong>) -> Result<(), StageError> {
    let mut seen = HashSet::new();
    for run in stage.all_runs().await? {
        if !seen.insert((run.event.clone(), run.installation.clone())) {
            wrong.push(("each event handled once", format!("the event {} was handled again", run.event)));
        }
        if !matches!(run.outcome.as_str(), "done" | "retry") {
            let how = run.report["sentence"].as_str().unwrap_or(&run.outcome);
            wrong.push(("no run that fails", format!("one did: {how}")));
        }
    }
    Ok(())
}

/// In the end nothing waits, and nothing was given up.
async fn left_over(stage: &Stage, case: &Case, wrong: &mut Vec<Wrong>) -> Result<(), StageError> {
    let backlog = stage.runtime().store().backlog().await.say()?;
    if backlog.inbox > 0 || backlog.parked > 0 {
        let came = format!("{} events wait, {} were given up", backlog.inbox, backlog.parked);
        wrong.push(("every event handled in the end", came));
    }
    for send in stage.all_sends().await? {
        let reason = send.reason.as_deref().unwrap_or("no reason");
        match send.state {
            // What waits for a moment of its own, or for news of a template, waits on.
            SendState::Queued if send.reason.is_none() => {
                wrong.push(("an empty queue in the end", format!("a {} waits", send.kind)));
            }
            SendState::Sending => {
                wrong.push(("an empty queue in the end", format!("a {} never came to its end", send.kind)))
            }
            SendState::InDoubt if !case.document.in_doubt => {
                wrong.push(("no message in doubt", format!("a {} is: {reason}", send.kind)));
            }
            _ => {}
        }
    }
    Ok(())
}
