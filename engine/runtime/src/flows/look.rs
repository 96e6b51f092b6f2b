//! One look at how installations stand: asks the policy, writes what changed, tells the shop.

use std::collections::{BTreeSet, HashMap};

use ponte_flow::TemplateFile;
use ponte_model::template::Definition;
use ponte_model::{Budget, InstallationId, NumberId, Scope, TenantId, Timestamp, WabaId};
use ponte_policy::flows::{Absent, Account, FlowLife, News, Question, Reason, Short, State, judge};
use ponte_policy::notices::{FLOWS, Notice, TEMPLATES};
use ponte_store::{
    InstallationRow, InstallationState, NoticeRow, NumberMode, NumberRow, Store, StoreError, SubmissionOutcome,
};
use ponte_whatsapp::template::definition;

use super::{Halt, Halted};
use crate::templates::Templates;

/// An installation, as far as it matters here.
pub(crate) struct Subject {
    pub(crate) id: InstallationId,
    tenant: TenantId,
    created_at: Timestamp,
    numbers: Vec<NumberId>,
    /// What the package brings.
    pub(super) files: Vec<TemplateFile>,
    needs: Vec<Definition>,
    language: Option<String>,
}

/// What is installed, and on which numbers.
#[derive(Default)]
pub(crate) struct Scene {
    pub(super) subjects: Vec<Subject>,
    pub(super) numbers: Vec<NumberRow>,
}

/// What a look found.
#[derive(Default)]
pub(crate) struct Looked {
    pub(crate) halted: Halted,
    /// Templates to be submitted.
    pub(crate) absent: Vec<Absent>,
    /// Flows that a hard limit stops.
    pub(crate) over_budget: Vec<InstallationId>,
    /// Languages that may not be sent, by installation.
    pub(crate) short: HashMap<InstallationId, Vec<Short>>,
}

impl Subject {
    fn of(row: &InstallationRow) -> Self {
        let files = row.package.get("templates").cloned().unwrap_or_default();
        let mut files: Vec<TemplateFile> = serde_json::from_value(files).unwrap_or_default();
        // What only a setting makes necessary is neither waited for nor submitted without it.
        let needed_with = row.package.pointer("/manifest/needed_with").and_then(|needed| needed.as_object());
        files.retain(|file| {
            let setting = needed_with.and_then(|needed| needed.get(&file.name)).and_then(|setting| setting.as_str());
            setting.is_none_or(|setting| row.settings.get(setting).is_some_and(|value| !value.is_null()))
        });
        let language = row.settings.get("language").and_then(|language| language.as_str());
        Self {
            id: row.id.clone(),
            tenant: row.tenant.clone(),
            created_at: row.created_at,
            numbers: row.numbers.clone(),
            // It was understood when it was installed.
            needs: files.iter().filter_map(|file| definition(&file.body).ok()).collect(),
            files,
            language: language.filter(|language| *language != "auto").map(str::to_owned),
        }
    }

    /// The numbers it serves and may automate.
    fn served<'s>(&'s self, numbers: &'s [NumberRow]) -> impl Iterator<Item = &'s NumberRow> {
        numbers.iter().filter(|row| {
            let here = self.numbers.is_empty() || self.numbers.contains(&row.id);
            row.tenant == self.tenant && here && row.config.mode != NumberMode::App
        })
    }
}

impl Scene {
    pub(crate) async fn read(store: &dyn Store) -> Result<Self, StoreError> {
        Ok(Self::of(&store.installations().await?, store.numbers().await?))
    }

    pub(super) fn of(rows: &[InstallationRow], numbers: Vec<NumberRow>) -> Self {
        Self { subjects: rows.iter().map(Subject::of).collect(), numbers }
    }

    /// The accounts of all numbers that are served.
    pub(super) fn accounts(&self) -> Vec<WabaId> {
        let served = self.subjects.iter().flat_map(|subject| subject.served(&self.numbers));
        served.filter_map(|row| row.waba_id.clone()).collect()
    }

    /// What to submit for a template that is missing.
    pub(super) fn file(&self, absent: &Absent) -> Option<&TemplateFile> {
        let files = self.subjects.iter().flat_map(|subject| &subject.files);
        files.into_iter().find(|file| (&file.name, &file.language) == (&absent.name, &absent.language))
    }
}

fn life_of(json: &serde_json::Value, id: &InstallationId) -> Result<FlowLife, StoreError> {
    serde_json::from_value(json.clone())
        .map_err(|error| StoreError::Corrupt { what: format!("the life of {id}"), why: error.to_string() })
}

/// All lives, with their revisions.
pub(super) async fn lives(store: &dyn Store) -> Result<HashMap<InstallationId, (FlowLife, i64)>, StoreError> {
    let rows = store.installation_lives().await?.into_iter();
    rows.map(|row| Ok((row.installation.clone(), (life_of(&row.life, &row.installation)?, row.revision)))).collect()
}

/// The state that follows from a life.
pub(super) fn state_of(life: &FlowLife) -> InstallationState {
    match life.state() {
        State::Active => InstallationState::Active,
        State::Waiting => InstallationState::Waiting,
        State::Paused => InstallationState::Paused,
    }
}

pub(super) async fn write(
    store: &dyn Store,
    id: &InstallationId,
    life: &FlowLife,
    revision: i64,
) -> Result<bool, StoreError> {
    let json = serde_json::to_value(life).expect("a life is plain data");
    store.put_installation_life(id, &json, state_of(life), revision).await
}

/// A notice as the store keeps it.
pub(crate) fn notice_row(tenant: &TenantId, notice: &Notice, since: Timestamp) -> NoticeRow {
    let Notice { key, kind, what, todo, until } = notice;
    NoticeRow {
        seq: 0,
        key: key.clone(),
        tenant: tenant.clone(),
        kind: kind.clone(),
        words: serde_json::json!({ "what": what, "todo": todo }),
        since,
        until: *until,
        closed_at: until.filter(|until| *until <= since),
    }
}

/// Looks at all installations of a scene, or at one. `told`: the keys that were told at the last look; nothing is written
/// where they are the same.
pub(crate) async fn look(
    store: &dyn Store,
    templates: &Templates,
    scene: &Scene,
    hits: &HashMap<InstallationId, Reason>,
    now: Timestamp,
    only: Option<&InstallationId>,
    told: &mut Option<BTreeSet<String>>,
) -> Result<Looked, StoreError> {
    let mut lives = lives(store).await?;
    let refused: HashMap<_, _> = store
        .submissions()
        .await?
        .into_iter()
        .filter_map(|row| match row.outcome {
            Some(SubmissionOutcome::Refused { why }) => Some(((row.waba, row.name, row.language), why)),
            _ => None,
        })
        .collect();
    let budgets: HashMap<Scope, Budget> = store.budgets().await?.into_iter().collect();
    let mut looked = Looked::default();
    let (mut standing, mut verdicts, mut news) = (Vec::new(), Vec::new(), Vec::new());
    for subject in scene.subjects.iter().filter(|subject| only.is_none_or(|only| *only == subject.id)) {
        let id = &subject.id;
        let refused = |waba: &WabaId, name: &str, language: &str| {
            refused.get(&(waba.clone(), name.to_owned(), language.to_owned())).cloned()
        };
        let (life, answer, change) = loop {
            let (before, revision) = lives.get(id).cloned().unwrap_or_default();
            let mut life = before.clone();
            if subject.needs.is_empty() {
                life.live_at.get_or_insert(subject.created_at);
            }
            let mut answer = ask(subject, scene, templates, &refused, &life);
            let budget = budgets.get(&Scope::Flow(id.clone()));
            let hit = hits.get(id).and_then(|reason| holding(reason, budget, now));
            let stop = hit.or_else(|| life.budget_stop(budget, now));
            if stop.is_some() {
                looked.over_budget.push(id.clone());
            }
            answer.reasons.extend(stop);
            let change = life.found(std::mem::take(&mut answer.reasons), now);
            // Of what was never stopped and brings nothing there is nothing to write.
            let plain = revision == 0 && life.stops.is_empty() && subject.needs.is_empty();
            if life == before || plain || write(store, id, &life, revision).await? {
                break (life, answer, change);
            }
            // Somebody was quicker: the operator, or another process.
            lives = self::lives(store).await?;
        };
        let waiting = life.state() == State::Waiting;
        for stop in &life.stops {
            standing.push(notice_row(&subject.tenant, &Notice::stopped(id, stop, waiting), stop.since));
        }
        for short in answer.short.iter().filter(|short| short.trouble.is_verdict()) {
            verdicts.push(notice_row(&subject.tenant, &Notice::verdict(short, id), now));
        }
        if !life.no_submit {
            looked.absent.extend(answer.absent);
        }
        if let Some(change) = change {
            tell_log(id, change, &life);
            if matches!(change, News::Live | News::Resumed) {
                let notice = Notice::runs(id, change == News::Live, now);
                news.push(notice_row(&subject.tenant, &notice, now));
            }
        }
        if !life.stops.is_empty() {
            let why: Vec<_> = life.stops.iter().map(|stop| stop.why(id)).collect();
            looked.halted.insert(id.clone(), Halt { why: why.join("; "), until: life.until() });
        }
        looked.short.insert(id.clone(), answer.short);
    }
    tell(store, standing, verdicts, news, now, only, told).await?;
    Ok(looked)
}

/// Writes what is to be told, where it is not what was told last.
async fn tell(
    store: &dyn Store,
    standing: Vec<NoticeRow>,
    verdicts: Vec<NoticeRow>,
    news: Vec<NoticeRow>,
    now: Timestamp,
    only: Option<&InstallationId>,
    told: &mut Option<BTreeSet<String>>,
) -> Result<(), StoreError> {
    let keys: BTreeSet<_> = standing.iter().chain(&verdicts).map(|row| row.key.clone()).collect();
    if told.as_ref() != Some(&keys) {
        let under = only.map_or_else(|| FLOWS.to_owned(), |id| format!("{FLOWS}{id}/"));
        store.tell(Some(&under), &standing, now).await?;
        store.tell(only.is_none().then_some(TEMPLATES), &verdicts, now).await?;
        *told = Some(keys);
    }
    if !news.is_empty() {
        store.tell(None, &news, now).await?;
    }
    Ok(())
}

fn tell_log(id: &InstallationId, news: News, life: &FlowLife) {
    let word = match news {
        News::Waits => "waits",
        News::Live => "live",
        News::Paused => "paused",
        News::Resumed => "resumed",
    };
    metrics::counter!("ponte_flow_changes_total", "to" => word).increment(1);
    let why: Vec<_> = life.stops.iter().map(|stop| stop.why(id)).collect();
    match news {
        News::Live | News::Resumed => tracing::info!(installation = %id, to = word, "a flow runs"),
        News::Waits => tracing::info!(installation = %id, why = why.join("; "), "a flow waits"),
        News::Paused => tracing::warn!(installation = %id, why = why.join("; "), "a flow is paused"),
    }
}

/// A limit that was reached, if it is still the limit and the day.
fn holding(reason: &Reason, budget: Option<&Budget>, now: Timestamp) -> Option<Reason> {
    let Reason::Budget { limit, until } = reason else { return None };
    let budget = budget?;
    let same = budget.hard == Some(limit.micros) && budget.currency == limit.currency;
    (same && now < *until).then(|| reason.clone())
}

fn ask(
    subject: &Subject,
    scene: &Scene,
    templates: &Templates,
    refused: &dyn Fn(&WabaId, &str, &str) -> Option<String>,
    life: &FlowLife,
) -> ponte_policy::flows::Answer {
    if subject.needs.is_empty() {
        return ponte_policy::flows::Answer::default();
    }
    let wabas: BTreeSet<_> = subject.served(&scene.numbers).filter_map(|row| row.waba_id.as_ref()).collect();
    let homeless: Vec<_> =
        subject.served(&scene.numbers).filter(|row| row.waba_id.is_none()).map(|row| row.id.clone()).collect();
    let books: Vec<_> = wabas.into_iter().map(|waba| (waba, templates.book(waba))).collect();
    let accounts: Vec<_> = books
        .iter()
        .map(|(waba, book)| {
            let named = |name: &String| book.iter().filter_map(|book| book.get(name)).flatten().collect::<Vec<_>>();
            let names: BTreeSet<_> = subject.needs.iter().map(|need| &need.name).collect();
            let known = book.is_some().then(|| names.into_iter().flat_map(named).collect());
            Account { waba, templates: known }
        })
        .collect();
    judge(&Question {
        needs: &subject.needs,
        language: subject.language.as_deref(),
        accounts: &accounts,
        homeless: &homeless,
        refused,
        accepted: &life.accepted,
    })
}

/// Looks at one installation that was just changed, without a pipeline.
pub(crate) async fn settle_one(store: &dyn Store, id: &InstallationId, now: Timestamp) -> Result<Looked, StoreError> {
    let templates = Templates::new(Vec::new());
    templates.reload(store).await?;
    let rows: Vec<_> = store.installations().await?.into_iter().filter(|row| row.id == *id).collect();
    let scene = Scene::of(&rows, store.numbers().await?);
    look(store, &templates, &scene, &HashMap::new(), now, Some(id), &mut None).await
}
