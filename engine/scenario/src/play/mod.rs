//! Playing a scenario on its stage.

mod check;
mod failed;
mod settle;
mod steps;

use std::sync::Arc;

use ponte_model::MessageId;
use ponte_simulator::{Received, Writer};

use crate::document::{Scenario, Step};
use crate::report::{Broken, FAILED, MET, MISSED, Miss, Told};
use crate::stage::{Stage, StageError};

pub use failed::FailedRun;

/// So many lines of the chat are shown with what was not as expected.
const SHOWN: usize = 8;

/// A scenario as far as it was played.
#[derive(Default)]
pub(crate) struct Played {
    pub(crate) told: Vec<Told>,
    pub(crate) met: usize,
    pub(crate) missed: Vec<Miss>,
    pub(crate) broken: Option<Broken>,
    /// Every run that did not end well.
    pub(crate) failed: Vec<FailedRun>,
    /// Those that no expectation is over with.
    open: failed::Open,
    /// Messages on the customer's phone that were told of.
    heard: usize,
    /// Those that an expectation has looked at.
    seen: usize,
    /// The customer's last message.
    last_said: Option<MessageId>,
}

/// Plays all steps.
pub(crate) async fn play(stage: &mut Stage, scenario: &Scenario) -> Played {
    let mut played = Played::default();
    match stage.failed_runs().await {
        Ok(before) => played.open = failed::Open::after(&before),
        Err(StageError(why)) => played.broken = Some(Broken { step: None, line: None, why, unread: false }),
    }
    let steps = &scenario.steps;
    for (index, (line, step)) in steps.iter().enumerate() {
        let next = steps.get(index + 1).map(|(_, step)| step);
        if let Err(StageError(why)) = take(stage, &mut played, (index + 1, *line), step, next).await {
            played.hear(stage);
            played.broken = Some(Broken { step: Some(index + 1), line: *line, why, unread: false });
            break;
        }
    }
    if let Err(StageError(why)) = played.ends(stage).await {
        played.broken.get_or_insert(Broken { step: None, line: None, why, unread: false });
    }
    played
}

async fn take(
    stage: &mut Stage,
    played: &mut Played,
    place: (usize, Option<usize>),
    step: &Step,
    next: Option<&Step>,
) -> Result<(), StageError> {
    if let Step::Expect(expected) = step {
        stage.rest().await?;
        played.hears_all(stage, place).await?;
        played.open.looks();
        for outcome in check::all(stage, played, expected).await? {
            played.note(stage, place, outcome).await?;
        }
        return Ok(());
    }
    let unexpected = played.open.goes_on();
    played.failed_unexpectedly(stage, unexpected).await?;
    steps::perform(stage, played, step).await?;
    // What comes early or kills, comes in the middle of what this set off.
    if !next.is_some_and(Step::interrupts) {
        stage.rest().await?;
        played.hears_all(stage, place).await?;
    }
    Ok(())
}

impl Step {
    /// Whether it happens while the step before is still in hand.
    fn interrupts(&self) -> bool {
        match self {
            Self::Kill => true,
            Self::Phone(phone) => phone.echo.as_deref() == Some("early"),
            _ => false,
        }
    }
}

impl Played {
    /// Tells what came at the very end.
    pub(crate) fn end(&mut self, stage: &Stage) {
        self.hear(stage);
    }

    fn tell(&mut self, stage: &Stage, who: &'static str, text: impl Into<String>) {
        let at = stage.wall().format("%a %H:%M").to_string();
        self.told.push(Told { at, who, text: text.into() });
    }

    /// Tells what has come to the customer's phone.
    fn hear(&mut self, stage: &Stage) {
        for words in stage.outside.asked() {
            self.tell(stage, "outside", words);
        }
        let inbox = stage.customer.inbox();
        for message in inbox.iter().skip(self.heard) {
            match message.by {
                Writer::Api => self.tell(stage, "ponte", message.text.clone()),
                Writer::AppItself => self.tell(stage, "app", message.text.clone()),
                // The step has told of it.
                Writer::App => {}
            }
        }
        self.heard = inbox.len();
    }

    /// The messages over the API that no expectation has looked at.
    fn unseen(&self, stage: &Stage) -> Vec<Arc<Received>> {
        let inbox = stage.customer.inbox();
        inbox.into_iter().skip(self.seen).filter(|message| message.by == Writer::Api).collect()
    }

    /// Another customer takes the phone.
    fn changes_customer(&mut self, stage: &Stage) {
        self.heard = stage.customer.inbox().len();
        self.seen = self.heard;
    }

    /// Tells what has come to the customer's phone, and which runs failed meanwhile.
    async fn hears_all(&mut self, stage: &Stage, place: (usize, Option<usize>)) -> Result<(), StageError> {
        self.hear(stage);
        for run in self.open.meets(place, stage.failed_runs().await?) {
            self.tell(stage, FAILED, run.to_string());
            self.failed.push(run);
        }
        Ok(())
    }

    /// The last step is done, or could not be.
    async fn ends(&mut self, stage: &Stage) -> Result<(), StageError> {
        if let Some(Broken { step: Some(step), line, .. }) = &self.broken {
            let place = (*step, *line);
            self.hears_all(stage, place).await?;
        }
        let unexpected = self.open.ends();
        self.failed_unexpectedly(stage, unexpected).await
    }

    /// Runs failed, and no `run` expected it.
    async fn failed_unexpectedly(
        &mut self,
        stage: &Stage,
        runs: Vec<(usize, Option<usize>, FailedRun)>,
    ) -> Result<(), StageError> {
        for (step, line, run) in runs {
            let expected = format!("a run that ends well, or `run: {}` right after it", run.outcome);
            self.miss(stage, (step, line), check::Missed { expected, came: run.to_string() }, Vec::new()).await?;
        }
        Ok(())
    }

    async fn note(
        &mut self,
        stage: &Stage,
        (step, line): (usize, Option<usize>),
        outcome: check::Outcome,
    ) -> Result<(), StageError> {
        match outcome {
            Ok(words) => {
                self.met += 1;
                self.tell(stage, MET, words);
            }
            Err(missed) => {
                let runs = self.open.show();
                self.miss(stage, (step, line), missed, runs).await?;
            }
        }
        Ok(())
    }

    async fn miss(
        &mut self,
        stage: &Stage,
        (step, line): (usize, Option<usize>),
        check::Missed { expected, came }: check::Missed,
        failed: Vec<FailedRun>,
    ) -> Result<(), StageError> {
        let last = stage.decisions(1).await?.into_iter().next();
        let rule = last.and_then(|last| {
            let rule = last.decision?;
            let why = last.why.unwrap_or_else(|| ponte_policy::sentence(&rule).to_owned());
            Some(if why.is_empty() { rule } else { format!("{rule}: {why}") })
        });
        let chat = self.told.iter().filter(|told| told.who != MET && told.who != MISSED);
        let chat: Vec<String> = chat.map(ToString::to_string).collect();
        let chat = chat[chat.len().saturating_sub(SHOWN)..].to_vec();
        let miss = Miss { step, line, expected, came, rule, failed, chat };
        self.tell(stage, MISSED, miss.words());
        self.missed.push(miss);
        Ok(())
    }
}
