//! What happens: each step, done.

use std::time::Duration;

use ponte_model::{Control, ControlOrder, HandOffTarget};
use ponte_policy::lifecycle::Command;
use ponte_runtime::command_number;
use ponte_simulator::{AutoReply, BusinessPhone, Hold, Odds, Release};
use serde_json::{Value, json};

use super::Played;
use crate::document::{Api, NumberDoes, PhoneDoes, Saying, Span, StatusIs, Step, TeamDoes, WebhooksAre};
use crate::stage::{NUMBER, Say as _, Stage, StageError, WABA};

/// A late echo: as late as requirements say that they come.
const LATE: Duration = Duration::from_secs(90);

/// An echo that never comes, as far as any chat goes.
const NEVER: Duration = Duration::from_secs(400 * 24 * 3600);

/// So long webhooks are kept back at most.
const HELD: Duration = Duration::from_secs(5);

/// The app greets nobody twice in so long. (WhatsApp Business: away message.)
const AWAY_PAUSE: Duration = Duration::from_secs(14 * 24 * 3600);

pub(super) async fn perform(stage: &mut Stage, played: &mut Played, step: &Step) -> Result<(), StageError> {
    match step {
        Step::Customer(saying) => says(stage, played, saying).await?,
        Step::Lines(lines) => {
            for line in lines {
                played.tell(stage, "customer", line);
                played.last_said = Some(stage.customer.writes(line).await);
            }
        }
        Step::Tap(label) => {
            played.tell(stage, "customer", format!("[{label}]"));
            stage.taps(label).await?;
        }
        Step::Phone(does) => phone(stage, played, does).await?,
        Step::Team(does) => {
            let (order, words) = match does {
                TeamDoes::Take => (ControlOrder::Take(HandOffTarget::Team), "takes the conversation"),
                TeamDoes::Release => (ControlOrder::Release, "gives the conversation back"),
            };
            played.tell(stage, "team", words);
            stage.control(&Control { order, by: "team".to_owned() }).await?;
        }
        Step::Status(StatusIs::Read) => {
            played.tell(stage, "customer", "(reads)");
            stage.customer.reads().await;
        }
        Step::Status(StatusIs::Failed(code)) => {
            played.tell(stage, "meta", format!("the last message failed with {code}"));
            if !stage.customer.never_gets(*code).await {
                return Err(StageError("status: there is no message that the customer has not read".to_owned()));
            }
        }
        Step::Order(order) => {
            let word = |key: &str, default: &str| order.get(key).and_then(Value::as_str).unwrap_or(default).to_owned();
            played.tell(stage, "store", format!("order {} is {}", word("id", "1001"), word("state", "paid")));
            stage.store_tells(order).await?;
        }
        Step::Hook(hook) => {
            let body = hook.body.as_str().map_or_else(|| hook.body.to_string(), str::to_owned);
            let (status, words) = stage.hook(&body, hook.signed).await?;
            played.tell(stage, "store", format!("a request, answered {status}"));
            if let Some(expected) = hook.answer.filter(|expected| *expected != status) {
                return Err(StageError(format!(
                    "hook: it was to be answered {expected}, and was answered {status}: {words}"
                )));
            }
        }
        Step::As(phone) => {
            stage.is_now(phone);
            played.changes_customer(stage);
            played.tell(stage, "…", format!("the customer is {}", stage.customer.phone()));
        }
        Step::Advance(span) => {
            played.tell(stage, "…", format!("{span} passes"));
            stage.pass(span.0).await?;
        }
        Step::Until(text) => {
            let at = stage.next(text)?;
            stage.pass_until(at).await?;
            played.tell(stage, "…", format!("it is {}", stage.wall().format("%A %H:%M")));
        }
        Step::Restart => {
            played.tell(stage, "…", "the host is restarted");
            stage.restart(true).await?;
        }
        Step::Kill => {
            played.tell(stage, "…", "the host dies and is started again");
            stage.restart(false).await?;
        }
        Step::Api(faults) => api(stage, played, faults),
        Step::Webhooks(are) => webhooks(stage, played, *are),
        Step::Templates(status) => {
            let names: std::collections::BTreeSet<_> =
                stage.simulator.templates(WABA).into_iter().map(|template| template.name).collect();
            for name in names {
                template(stage, played, &name, status).await?;
            }
        }
        Step::Template(statuses) => {
            for (name, status) in statuses {
                template(stage, played, name, status).await?;
            }
        }
        Step::Number(does) => number(stage, played, does).await?,
        Step::Redeliver(most) => {
            played.tell(stage, "meta", format!("delivers the last {most} webhooks again"));
            stage.simulator.redeliver(*most).await;
        }
        Step::Http(answers) => {
            played.tell(stage, "…", "web services answer otherwise");
            stage.outside.services(answers.clone());
        }
        Step::Ai(lines) => {
            played.tell(stage, "…", "the model answers otherwise");
            stage.outside.model(lines.clone());
        }
        Step::Settings(over) => {
            played.tell(stage, "…", "the shop changes its settings");
            stage.change_settings(over).await?;
        }
        Step::Expect(_) => {}
    }
    Ok(())
}

async fn says(stage: &Stage, played: &mut Played, saying: &Saying) -> Result<(), StageError> {
    let customer = &stage.customer;
    let last =
        || played.last_said.clone().ok_or_else(|| StageError("the customer has not written anything yet".to_owned()));
    let (words, id) = match saying {
        Saying { text, referral: Some(headline), .. } => {
            let text = text.as_deref().unwrap_or("Oi");
            (format!("{text} (from the ad {headline:?})"), Some(customer.comes_by_ad(text, headline).await))
        }
        Saying { text: Some(text), .. } => (text.clone(), Some(customer.writes(text).await)),
        Saying { image: Some(caption), .. } => (format!("[image] {caption}"), Some(customer.shows(caption).await)),
        Saying { voice: Some(words), .. } => (format!("[voice] {words}"), Some(customer.speaks().await)),
        Saying { location: Some(name), .. } => (format!("[location] {name}"), Some(customer.is_at(name).await)),
        Saying { sticker: Some(_), .. } => ("[sticker]".to_owned(), Some(customer.sticks().await)),
        Saying { unsupported: Some(code), .. } => {
            (format!("[unsupported] {code}"), Some(customer.sends_something(*code).await))
        }
        Saying { edit: Some(text), .. } => {
            customer.edits(&last()?, text).await;
            (format!("(edits) {text}"), None)
        }
        Saying { revoke: Some(_), .. } => {
            customer.revokes(&last()?).await;
            ("(deletes)".to_owned(), None)
        }
        Saying { reaction: Some(emoji), .. } => {
            // Where the shop has said nothing yet, it is on their own message.
            let to = match customer.last() {
                Some(message) => message.id.clone(),
                None => last()?,
            };
            customer.reacts(&to, emoji).await;
            (format!("(reacts) {emoji}"), None)
        }
        _ => {
            let what = "customer: write a text, or one of text, image, voice, location, sticker, unsupported, edit, \
                        revoke, reaction, referral";
            return Err(StageError(what.to_owned()));
        }
    };
    played.last_said = id.or(played.last_said.take());
    // What was said comes before what was answered meanwhile.
    played.tell(stage, "customer", words);
    Ok(())
}

fn phone_of(stage: &Stage) -> Result<BusinessPhone, StageError> {
    let missing = || StageError("phone: this number is on the API alone, nobody has it on a phone".to_owned());
    stage.phone.clone().ok_or_else(missing)
}

async fn phone(stage: &Stage, played: &mut Played, does: &PhoneDoes) -> Result<(), StageError> {
    let phone = phone_of(stage)?;
    if let Some(away) = &does.away {
        played.tell(stage, "phone", format!("(away text) {away}"));
        let reply = (!away.is_empty()).then(|| AutoReply { text: away.clone(), pause: AWAY_PAUSE });
        phone.auto_reply(reply);
    }
    let Some(text) = &does.text else { return Ok(()) };
    let delay = match does.echo.as_deref() {
        None | Some("early") => Duration::ZERO,
        Some("late") => LATE,
        Some("missing") => NEVER,
        Some(span) => {
            let wrong = |_| StageError(format!("echo: {span:?}; write early, late, missing or a time such as 30s"));
            Span::try_from(span.to_owned()).map_err(wrong)?.0
        }
    };
    played.tell(stage, "phone", text);
    stage.simulator.faults(|plan| plan.echo_delay = delay);
    phone.writes(stage.customer.phone().clone(), text).await;
    stage.simulator.faults(|plan| plan.echo_delay = Duration::ZERO);
    Ok(())
}

fn api(stage: &Stage, played: &mut Played, faults: &Api) {
    let next = faults.next.unwrap_or(1);
    let odds = Odds::Next(next);
    let mut words = Vec::new();
    stage.simulator.faults(|plan| {
        let sends = &mut plan.sends;
        if let Some(code) = faults.error {
            sends.error = (odds, code);
            words.push(format!("are answered {code}"));
        }
        if let Some(code) = faults.failed {
            sends.failed_status = (odds, code);
            words.push(format!("fail with {code}"));
        }
        if faults.timeout {
            sends.drop_response = odds;
            words.push("get no answer".to_owned());
        }
        if faults.lost {
            sends.drop_request = odds;
            words.push("get lost".to_owned());
        }
    });
    played.tell(stage, "meta", format!("the next {next} sends {}", words.join(" and ")));
}

fn webhooks(stage: &Stage, played: &mut Played, are: WebhooksAre) {
    let hold = |size, release| Some(Hold { size, wait: HELD, release });
    let words = match are {
        WebhooksAre::Double(next) => format!("the next {next} webhooks are delivered twice"),
        WebhooksAre::Lose(next) => format!("the next {next} webhooks are lost at first"),
        WebhooksAre::Shuffle(next) => format!("webhooks are kept back, and shuffled by {next}"),
        WebhooksAre::Together(next) => format!("webhooks are kept back, and delivered {next} in one"),
    };
    played.tell(stage, "meta", words);
    stage.simulator.faults(|plan| match are {
        WebhooksAre::Double(next) => plan.webhooks.duplicate = (Odds::Next(next), 1),
        WebhooksAre::Lose(next) => plan.webhooks.drop = Odds::Next(next),
        WebhooksAre::Shuffle(size) => plan.webhooks.hold = hold(size, Release::Shuffled),
        WebhooksAre::Together(size) => plan.webhooks.hold = hold(size, Release::Together),
    });
}

async fn template(stage: &Stage, played: &mut Played, name: &str, status: &str) -> Result<(), StageError> {
    let all = stage.simulator.templates(WABA);
    let languages: Vec<_> = all.iter().filter(|one| one.name == name).map(|one| one.language.clone()).collect();
    if languages.is_empty() {
        let names: std::collections::BTreeSet<_> = all.iter().map(|one| one.name.as_str()).collect();
        let there = names.into_iter().collect::<Vec<_>>().join(", ");
        return Err(StageError(format!("there is no template {name:?} in the account; there are: {there}")));
    }
    played.tell(stage, "meta", format!("the template {name} is {status}"));
    for language in languages {
        stage.simulator.set_template_status(WABA, name, &language, status).await;
    }
    Ok(())
}

async fn number(stage: &Stage, played: &mut Played, does: &NumberDoes) -> Result<(), StageError> {
    let words = match does {
        NumberDoes::Offboard => "the number is off the API".to_owned(),
        NumberDoes::Reconnect => "the number is back".to_owned(),
        NumberDoes::Disconnect => "the link to the number is ended".to_owned(),
        NumberDoes::Restrict(span) => format!("the account may begin no conversation for {span}"),
        NumberDoes::Pause => "the number is paused".to_owned(),
        NumberDoes::Resume => "the number is resumed".to_owned(),
    };
    played.tell(stage, "meta", words);
    match does {
        NumberDoes::Offboard => phone_of(stage)?.offboard().await,
        NumberDoes::Reconnect => phone_of(stage)?.reconnect().await,
        NumberDoes::Disconnect => phone_of(stage)?.disconnect("ACCOUNT_DISCONNECTED").await,
        NumberDoes::Restrict(span) => {
            let until = stage.clock.now().plus(span.0);
            let info = json!({"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": until.as_secs()});
            let update = json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [info]});
            stage.simulator.webhook(WABA, "account_update", update).await;
        }
        NumberDoes::Pause | NumberDoes::Resume => {
            let command = match does {
                NumberDoes::Pause => Command::Pause { why: "scenario".to_owned() },
                _ => Command::Resume,
            };
            command_number(&**stage.runtime().store(), &NUMBER.into(), &command, stage.clock.now()).await.say()?;
            stage.runtime().reload().await.say()?;
        }
    }
    Ok(())
}

impl Stage {
    /// Taps the thing with this label (or id) on the newest message that offers it.
    ///
    /// # Errors
    /// No message does.
    pub async fn taps(&self, label: &str) -> Result<(), StageError> {
        for message in self.customer.inbox().iter().rev() {
            if let Some(choice) = message.choices().into_iter().find(|one| one.title == label || one.id == label) {
                match choice.row {
                    true => self.customer.chooses(&choice.id, &choice.title).await,
                    false => self.customer.taps_button(&choice.id, &choice.title).await,
                };
                return Ok(());
            }
        }
        Err(StageError(format!("no message offers {label:?} to tap")))
    }
}
