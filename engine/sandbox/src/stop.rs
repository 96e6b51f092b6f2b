//! Why a run was ended before it finished.

use std::fmt;
use std::time::Duration;

use wasmtime::{Error, Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;

use crate::limits;

/// Why a run was ended before its handler returned. Nothing of it was kept but its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Used up its CPU time.
    Deadline {
        /// What it may use.
        limit: Duration,
    },
    /// Did not end in time, though it did not compute: the host's answers took too long.
    Wall {
        /// How long it may take.
        limit: Duration,
    },
    /// Asked for more memory than it may have.
    Memory {
        /// In bytes.
        limit: usize,
    },
    /// Asked for a larger table than it may have.
    Table {
        /// In elements.
        limit: usize,
    },
    /// Called itself too deep.
    Stack {
        /// In bytes.
        limit: usize,
    },
    /// Called the host too often.
    HostCalls {
        /// How often it may.
        limit: u32,
    },
    /// Handed too much over in one host call.
    Transfer {
        /// In bytes.
        limit: usize,
    },
    /// Crashed: a panic, an index out of bounds, a division by zero.
    Trap(String),
    /// Ended its process, as a command-line program does.
    Exit(i32),
    /// Could not even start.
    Instantiate(String),
    /// The host failed while it answered: a defect of Ponte, not of the plugin.
    Host(String),
}

impl Stop {
    /// The short word for metrics and for the store.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Deadline { .. } => "deadline",
            Self::Wall { .. } => "wall",
            Self::Memory { .. } => "memory",
            Self::Table { .. } => "table",
            Self::Stack { .. } => "stack",
            Self::HostCalls { .. } => "host-calls",
            Self::Transfer { .. } => "transfer",
            Self::Trap(_) => "trap",
            Self::Exit(_) => "exit",
            Self::Instantiate(_) => "instantiate",
            Self::Host(_) => "host",
        }
    }

    /// What an error of wasmtime means. Limits that the sandbox enforces itself are recorded when they are met
    /// and never come here.
    pub(crate) fn of(error: &Error, started: bool) -> Self {
        if let Some(exit) = error.downcast_ref::<I32Exit>() {
            return Self::Exit(exit.0);
        }
        if matches!(error.downcast_ref(), Some(Trap::StackOverflow)) {
            return Self::Stack { limit: limits::WASM_STACK };
        }
        let cause = error.root_cause().to_string();
        // The type of this error is private to wasmtime; a test notices if the words change.
        if cause.contains("fuel allocated for hostcalls") {
            return Self::Transfer { limit: limits::HOSTCALL_BYTES };
        }
        let text = cause + &place(error);
        if started { Self::Trap(text) } else { Self::Instantiate(text) }
    }
}

/// Where in the guest it happened, innermost first, as far as the component says.
fn place(error: &Error) -> String {
    let Some(trace) = error.downcast_ref::<WasmBacktrace>() else { return String::new() };
    let names = trace.frames().iter().filter_map(|frame| frame.func_name()).take(6).map(short_name);
    let names: Vec<_> = names.collect();
    if names.is_empty() { String::new() } else { format!(", in {}", names.join(" < ")) }
}

fn short_name(name: &str) -> String {
    name.chars().take(80).collect()
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deadline { limit } => {
                write!(
                    f,
                    "used up its {limit:?} of CPU time: look for a loop that does not end, or do less in one event"
                )
            }
            Self::Wall { limit } => {
                write!(f, "did not end within {limit:?}, mostly waiting for the host: see whether the store is slow")
            }
            Self::Memory { limit } => {
                write!(f, "asked for more than its {} MiB of memory: keep less at once, or use `state`", limit >> 20)
            }
            Self::Table { limit } => write!(f, "asked for a table of more than {limit} elements"),
            Self::Stack { limit } => {
                write!(f, "used up its {} KiB of stack: look for a recursion that does not end", limit >> 10)
            }
            Self::HostCalls { limit } => {
                write!(f, "called the host more than {limit} times: look for a host call inside a loop")
            }
            Self::Transfer { limit } => {
                write!(f, "handed more than {} KiB to the host in one call: split it up", limit >> 10)
            }
            Self::Trap(why) => write!(f, "crashed: {why}; the log may say more"),
            Self::Exit(code) => {
                write!(f, "ended its process (exit {code}): return from the handler instead; the log may say more")
            }
            Self::Instantiate(why) => write!(f, "could not start: {why}"),
            Self::Host(why) => write!(f, "the host failed, not the plugin: {why}; please report it"),
        }
    }
}

impl std::error::Error for Stop {}
