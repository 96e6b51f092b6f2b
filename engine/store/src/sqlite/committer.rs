//! Group commit: one task owns the writing connection and gathers commands into transactions.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::commands::contacts::Directory;
use super::commands::script::{Extent, Script, Step};
use super::commands::signs::Heard;
use super::commands::{begin, finish, ingest, settle, statuses};
use crate::{Began, Finished, Result, StatusApplied, StoreError, Stored};

/// So many commands may wait. Beyond that callers wait too, which is what slows the webhook endpoint down before
/// memory grows.
const QUEUE: usize = 4096;

/// So many commands share a transaction at most: bounds how long a caller waits behind others.
const MAX_BATCH: usize = 512;

/// A rare command: any statements, applied in order after the frequent ones.
pub(super) struct Op {
    /// The statements. May be called again when a batch has to be taken apart.
    pub(super) run: Statements,
}

type Statements =
    Box<dyn for<'c> Fn(&'c mut SqliteConnection) -> BoxFuture<'c, std::result::Result<u64, sqlx::Error>> + Send + Sync>;

/// A command and where its answer goes.
pub(super) struct Job<C, A> {
    pub(super) command: C,
    pub(super) reply: oneshot::Sender<Result<A>>,
}

pub(super) enum Command {
    Ingest(Job<Vec<ingest::Row>, Vec<Stored>>),
    Finish(Job<Box<finish::Rows>, Finished>),
    Settle(Job<crate::Settle, ()>),
    Status(Job<Box<statuses::Row>, StatusApplied>),
    Begin(Job<crate::BeginSend, Began>),
    Op(Job<Op, u64>),
    Close(oneshot::Sender<()>),
}

/// How many callers wait.
#[derive(Clone, Default)]
struct Waiting(Arc<AtomicUsize>);

/// One of them; gone when dropped.
struct Waits<'a>(&'a Waiting);

impl Waiting {
    fn one(&self) -> Waits<'_> {
        self.0.fetch_add(1, Ordering::AcqRel);
        Waits(self)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[derive(Clone)]
pub(super) struct Committer {
    queue: mpsc::Sender<Command>,
    waiting: Waiting,
}

impl Committer {
    pub(super) fn start(connection: SqliteConnection) -> Self {
        let (queue, commands) = mpsc::channel(QUEUE);
        tokio::spawn(Writer { connection, directory: Directory::default(), heard: Heard::default() }.run(commands));
        Self { queue, waiting: Waiting::default() }
    }

    /// Sends a command and waits until it is durable.
    pub(super) async fn submit<C, A>(&self, wrap: fn(Job<C, A>) -> Command, command: C) -> Result<A> {
        let _waits = self.waiting.one();
        let (reply, answer) = oneshot::channel();
        self.queue.send(wrap(Job { command, reply })).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Whether somebody waits for a command.
    pub(super) fn is_busy(&self) -> bool {
        self.waiting.0.load(Ordering::Acquire) > 0
    }

    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.queue.send(Command::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

/// Commands of one transaction, by kind.
#[derive(Default)]
struct Batch {
    ingest: Vec<Job<Vec<ingest::Row>, Vec<Stored>>>,
    finish: Vec<Job<Box<finish::Rows>, Finished>>,
    settle: Vec<Job<crate::Settle, ()>>,
    status: Vec<Job<Box<statuses::Row>, StatusApplied>>,
    begin: Vec<Job<crate::BeginSend, Began>>,
    ops: Vec<Job<Op, u64>>,
    closing: Vec<oneshot::Sender<()>>,
    len: usize,
}

impl Batch {
    fn push(&mut self, command: Command) {
        self.len += 1;
        match command {
            Command::Ingest(job) => self.ingest.push(job),
            Command::Finish(job) => self.finish.push(job),
            Command::Settle(job) => self.settle.push(job),
            Command::Status(job) => self.status.push(job),
            Command::Begin(job) => self.begin.push(job),
            Command::Op(job) => self.ops.push(job),
            Command::Close(done) => self.closing.push(done),
        }
    }

    /// Each command as a batch of its own.
    fn singles(self) -> impl Iterator<Item = Self> {
        let commands = (self.ingest.into_iter().map(Command::Ingest))
            .chain(self.finish.into_iter().map(Command::Finish))
            .chain(self.settle.into_iter().map(Command::Settle))
            .chain(self.status.into_iter().map(Command::Status))
            .chain(self.begin.into_iter().map(Command::Begin))
            .chain(self.ops.into_iter().map(Command::Op));
        commands.map(|command| {
            let mut single = Self::default();
            single.push(command);
            single
        })
    }

    fn fail(self, error: &StoreError) {
        fn all<C, A>(jobs: Vec<Job<C, A>>, error: &StoreError) {
            for job in jobs {
                // The caller may have given up; then nobody needs the answer.
                let _ = job.reply.send(Err(error.clone()));
            }
        }
        all(self.ingest, error);
        all(self.finish, error);
        all(self.settle, error);
        all(self.status, error);
        all(self.begin, error);
        all(self.ops, error);
    }

    fn answer(self, answers: Answers) {
        fn all<C, A>(jobs: Vec<Job<C, A>>, answers: Vec<A>) {
            for (job, answer) in jobs.into_iter().zip(answers) {
                let _ = job.reply.send(Ok(answer));
            }
        }
        all(self.ingest, answers.ingest);
        all(self.finish, answers.finish);
        let settled = vec![(); self.settle.len()];
        all(self.settle, settled);
        all(self.status, answers.status);
        all(self.begin, answers.begin);
        all(self.ops, answers.ops);
    }
}

/// Answers to a batch, in the order of its commands.
struct Answers {
    ingest: Vec<Vec<Stored>>,
    finish: Vec<Finished>,
    status: Vec<StatusApplied>,
    begin: Vec<Began>,
    ops: Vec<u64>,
}

struct Writer {
    connection: SqliteConnection,
    directory: Directory,
    heard: Heard,
}

impl Writer {
    async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        while let Some(first) = commands.recv().await {
            let mut batch = Batch::default();
            batch.push(first);
            while batch.len < MAX_BATCH {
                let Ok(next) = commands.try_recv() else { break };
                batch.push(next);
            }
            metrics::histogram!("ponte_store_batch_commands").record(batch.len as f64);
            let closing = std::mem::take(&mut batch.closing);
            self.commit(batch).await;
            if !closing.is_empty() {
                commands.close();
                while let Some(late) = commands.recv().await {
                    let mut batch = Batch::default();
                    batch.push(late);
                    self.commit(batch).await;
                }
                let _ = self.connection.close().await;
                for done in closing {
                    let _ = done.send(());
                }
                return;
            }
        }
    }

    /// Commits a batch; if it fails, each command by itself, so that one bad command costs no other.
    async fn commit(&mut self, batch: Batch) {
        match self.apply(&batch).await {
            Ok(answers) => batch.answer(answers),
            Err(error) if batch.len <= 1 => batch.fail(&error.into()),
            Err(error) => {
                tracing::warn!(%error, commands = batch.len, "a batch was refused; its commands are tried one by one");
                for single in batch.singles() {
                    match self.apply(&single).await {
                        Ok(answers) => single.answer(answers),
                        Err(error) => single.fail(&error.into()),
                    }
                }
            }
        }
    }

    async fn apply(&mut self, batch: &Batch) -> std::result::Result<Answers, sqlx::Error> {
        let written = self.write(batch).await;
        if written.is_ok() {
            self.directory.keep();
        } else {
            self.directory.forget_uncommitted();
            self.heard.clear();
            // Where it failed before the transaction began, or SQLite has rolled back by itself, there is none to end.
            let _ = sqlx::query("ROLLBACK").execute(&mut self.connection).await;
        }
        written
    }

    /// One transaction. What is asked before it begins cannot change meanwhile: nobody else writes it.
    async fn write(&mut self, batch: &Batch) -> std::result::Result<Answers, sqlx::Error> {
        let connection = &mut self.connection;
        let ingest: Vec<_> = batch.ingest.iter().map(|job| &job.command).collect();
        let finish: Vec<_> = batch.finish.iter().map(|job| &*job.command).collect();
        let settle: Vec<_> = batch.settle.iter().map(|job| &job.command).collect();
        let begin: Vec<_> = batch.begin.iter().map(|job| &job.command).collect();

        let mut script = Script::default();
        let people = ingest::plan(connection, &mut self.directory, &mut self.heard, &ingest, &mut script).await?;
        let stale = finish::plan(connection, &finish, &mut script).await?;
        settle::plan(&settle, &mut script)?;
        begin::plan(&begin, &mut script)?;
        let mut leaving = finish::charges(&finish, &stale)?;
        leaving.extend(begin::charges(&begin)?);
        script.set(Step::Charges, &leaving)?;

        let rare: Vec<_> = settle.into_iter().filter(|settle| settle::is_rare(settle)).collect();
        // A statement of their own, where there are any: the script is the same for everybody.
        let requests = finish::requests(&finish, &stale);
        let extent = match rare.is_empty() && batch.status.is_empty() && batch.ops.is_empty() && requests.is_empty() {
            true => Extent::Whole,
            false => Extent::Opening,
        };
        let returned = script.run(connection, extent).await?;
        let mut answers = Answers {
            ingest: ingest::answers(&ingest, people, &returned),
            finish: finish::answers(&finish, &stale, &returned),
            begin: begin::answers(&begin, &returned),
            status: Vec::with_capacity(batch.status.len()),
            ops: Vec::with_capacity(batch.ops.len()),
        };
        if extent == Extent::Opening {
            super::outside::insert(connection, &requests).await?;
            settle::apply_rare(connection, &rare).await?;
            for job in &batch.status {
                answers.status.push(statuses::apply(connection, &job.command).await?);
            }
            for job in &batch.ops {
                answers.ops.push((job.command.run)(connection).await?);
            }
            sqlx::query("COMMIT").execute(connection).await?;
        }
        Ok(answers)
    }
}
