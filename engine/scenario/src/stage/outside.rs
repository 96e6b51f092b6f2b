//! The world outside, on a stage: it answers what the scenario says, and nothing ever leaves the process.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use ponte_connect::{
    AiError, AiFile, AiLine, Answers, ClientSettings, Completion, Failed, Model, Prices, Scripted, Vault,
};
use ponte_flow::PackageSnapshot;
use ponte_model::{AiRequest, HttpHeader, HttpMethod, HttpResponse, Refusal, Timestamp};
use ponte_runtime::{AiSettings, OutsideSettings};
use ponte_store::{SqliteStore, Store as _};
use url::Url;

use super::{Say as _, StageError};
use crate::document::{HttpAnswer, HttpScript};

/// What is answered from now on. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Script(Arc<Mutex<Lines>>);

#[derive(Default)]
struct Lines {
    http: HttpScript,
    ai: Vec<AiLine>,
    /// What was asked, and what came of it, in words.
    asked: Vec<String>,
}

impl Script {
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Web services answer this as well, or instead.
    pub(crate) fn services(&self, more: HttpScript) {
        self.lines().http.extend(more);
    }

    /// The model answers this instead.
    pub(crate) fn model(&self, lines: Vec<AiLine>) {
        self.lines().ai = lines;
    }

    /// What was asked since this was last looked at, and what came of it.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.lines().asked)
    }

    /// The way out of a pipeline whose data is in `dir`: into this script. Without `model` the shop has set none up.
    pub(super) fn settings(&self, dir: &Path, model: bool) -> OutsideSettings {
        OutsideSettings {
            client: ClientSettings { answers: Some(Arc::new(self.clone())), ..ClientSettings::default() },
            data_dir: Some(dir.to_owned()),
            ai: model.then(|| AiSettings {
                model: Arc::new(self.clone()),
                prices: Prices::default(),
                most_a_day: i64::MAX,
            }),
            ..OutsideSettings::default()
        }
    }
}

impl Answers for Script {
    fn answer(&self, method: HttpMethod, url: &Url) -> Result<HttpResponse, Failed> {
        let mut lines = self.lines();
        let fitting = lines.http.iter().filter(|(asked, _)| asked.fits(method, url));
        let closest = fitting.max_by_key(|(asked, _)| asked.closeness()).map(|(_, answer)| answer.clone());
        // Without the query, which may hold a secret.
        let mut bare = url.clone();
        bare.set_query(None);
        let asked = format!("{} {bare}", method.as_str());
        let (answer, came) = answer_of(closest, &asked);
        lines.asked.push(format!("{asked}: {came}"));
        answer
    }
}

/// The answer, and what is told of it.
fn answer_of(answer: Option<HttpAnswer>, asked: &str) -> (Result<HttpResponse, Failed>, String) {
    match answer {
        Some(HttpAnswer { away: true, .. }) => {
            let why = "http: nobody is there, as the scenario says".to_owned();
            (Err(Failed::Unreachable(why)), "nobody is there".to_owned())
        }
        Some(answer) => {
            let response = response(&answer);
            let status = response.status.to_string();
            (Ok(response), status)
        }
        None => {
            let write = format!("write one: http: {{ \"{asked}\": {{ status: 200, body: … }} }}");
            let why = format!("http: nothing leaves a scenario, and this one has no answer; {write}");
            (Err(Failed::Refused(Refusal::Other { why })), format!("no answer; {write}"))
        }
    }
}

fn response(answer: &HttpAnswer) -> HttpResponse {
    let header = |(name, value): (&String, &String)| HttpHeader { name: name.clone(), value: value.clone() };
    let mut headers: Vec<HttpHeader> = answer.headers.iter().map(header).collect();
    let body = match &answer.body {
        None => String::new(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(json) => {
            if !headers.iter().any(|header| header.name.eq_ignore_ascii_case("content-type")) {
                headers.push(HttpHeader { name: "content-type".into(), value: "application/json".into() });
            }
            json.to_string()
        }
    };
    HttpResponse { status: answer.status.unwrap_or(200), headers, body: body.into_bytes() }
}

#[async_trait]
impl Model for Script {
    async fn complete(&self, request: &AiRequest) -> Result<Completion, AiError> {
        let answers = self.lines().ai.clone();
        Scripted::new(AiFile { answers }).complete(request).await.map_err(|error| {
            let why = format!("{}; write one in the scenario: ai: [ {{ contains: …, text: … }} ]", error.why);
            AiError { why, ..error }
        })
    }
}

/// Sets the secrets that packages declare, where nobody has: made-up ones, for flows that need one to ask at all.
pub(super) async fn make_up_secrets(store: &SqliteStore, dir: &Path, now: Timestamp) -> Result<(), StageError> {
    let set = store.secrets().await.say()?;
    for row in store.installations().await.say()? {
        let package: PackageSnapshot = serde_json::from_value(row.package.clone()).say()?;
        for name in package.manifest.http.iter().flat_map(|one| &one.secrets) {
            if set.iter().any(|secret| secret.installation == row.id && secret.name == *name) {
                continue;
            }
            let made_up = format!("made-up-{name}");
            let sealed = Vault::open(dir).say()?.seal(row.id.as_str(), name, &made_up.into()).say()?;
            store.put_secret(&row.id, name, Some(sealed), now).await.say()?;
        }
    }
    Ok(())
}
