//! The compiler as a process. The parent writes one line of JSON and the component to its standard input; the
//! child puts the result into the cache, or writes one line of JSON to standard error.

use std::ffi::OsString;
use std::io::{BufRead as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus, Stdio};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

use super::CompileError;
use super::build::Builder;
use crate::component::Unfit;
use crate::limits;

/// What the child is told.
#[derive(Serialize, Deserialize)]
struct Job {
    cache: PathBuf,
}

/// What the child says when it fails.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Failure {
    Unfit(Unfit),
    Error(String),
}

/// As much of the child's words as is read.
const WORDS: u64 = 16 << 10;

/// Compiles in a process, for as long as it may take.
pub(super) async fn run(program: &Path, args: &[OsString], cache: &Path, bytes: &[u8]) -> Result<(), CompileError> {
    let limit = limits::COMPILE_WALL;
    // Dropped when the time is up, and killed with it.
    let child = spawn_and_wait(program, args, cache, bytes);
    let ended = ponte_clock::within(limit, child).await.map_err(|_| CompileError::TimedOut(limit))?;
    let (status, words) =
        ended.map_err(|error| CompileError::Died(format!("could not be started as {}: {error}", program.display())))?;
    if status.success() {
        return Ok(());
    }
    match words.lines().find_map(|line| serde_json::from_str(line).ok()) {
        Some(Failure::Unfit(unfit)) => Err(unfit.into()),
        Some(Failure::Error(why)) => Err(CompileError::Died(format!("failed: {why}"))),
        None => Err(CompileError::Died(death(status, &words))),
    }
}

async fn spawn_and_wait(
    program: &Path,
    args: &[OsString],
    cache: &Path,
    bytes: &[u8],
) -> std::io::Result<(ExitStatus, String)> {
    let mut child = Command::new(program)
        .args(args)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
    let mut job = serde_json::to_vec(&Job { cache: cache.to_owned() })?;
    job.push(b'\n');
    let tell = async {
        let Some(mut stdin) = stdin else { return };
        // A child that dies early breaks the pipe; its exit says why.
        let _ = stdin.write_all(&job).await;
        let _ = stdin.write_all(bytes).await;
    };
    let listen = async {
        let mut words = Vec::new();
        if let Some(mut stderr) = stderr {
            let _ = (&mut stderr).take(WORDS).read_to_end(&mut words).await;
            let _ = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
        }
        String::from_utf8_lossy(&words).into_owned()
    };
    let (status, (), words) = tokio::join!(child.wait(), tell, listen);
    Ok((status?, words))
}

/// How the child died, as far as one can tell from outside.
fn death(status: ExitStatus, words: &str) -> String {
    let last = words.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("it said nothing");
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        const SIGXCPU: i32 = 24;
        match status.signal() {
            Some(SIGXCPU) => return format!("used up its {} s of CPU time", limits::COMPILE_CPU_SECONDS),
            Some(signal) => {
                let memory = limits::COMPILE_MEMORY >> 30;
                return format!(
                    "was ended by signal {signal}, probably for want of memory (it may use {memory} GiB): {last}"
                );
            }
            None => {}
        }
    }
    format!("ended with {status}: {last}")
}

/// The whole of the compiler's process. It limits itself, compiles one component, and ends.
pub fn compile_child_main() -> ExitCode {
    let failure = match compile_one() {
        Ok(()) => return ExitCode::SUCCESS,
        Err(CompileError::Unfit(unfit)) => Failure::Unfit(unfit),
        Err(error) => Failure::Error(error.to_string()),
    };
    eprintln!("{}", serde_json::to_string(&failure).unwrap_or_default());
    ExitCode::FAILURE
}

fn compile_one() -> Result<(), CompileError> {
    let failed = |error: std::io::Error| CompileError::Died(error.to_string());
    limit_ourselves().map_err(failed)?;
    let mut stdin = std::io::stdin().lock();
    let mut job = String::new();
    stdin.read_line(&mut job).map_err(failed)?;
    let job: Job = serde_json::from_str(&job).map_err(|error| failed(error.into()))?;
    let mut bytes = Vec::new();
    stdin.take(limits::COMPONENT_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    Builder::new(job.cache)?.build(&bytes)
}

/// As the parent cannot do it without unsafe code. A limit that is lower already stays.
fn limit_ourselves() -> std::io::Result<()> {
    use rlimit::Resource;
    let most = [
        (Resource::AS, limits::COMPILE_MEMORY),
        (Resource::CPU, limits::COMPILE_CPU_SECONDS),
        (Resource::FSIZE, limits::COMPILE_FILE_BYTES),
        (Resource::CORE, 0),
    ];
    for (resource, most) in most.into_iter().filter(|(resource, _)| resource.is_supported()) {
        let (_, hard) = resource.get()?;
        let most = most.min(hard);
        resource.set(most, most)?;
    }
    Ok(())
}
