//! Every limit and every tuning constant of the sandbox, each with its reason.
//!
//! All of them are on by default, and all of them are printed by `ponte doctor` ([`inspect`]). Figures are from
//! `docs/architecture.md` and measured on small shared machines: ratios are solid, absolutes are not.

use std::time::Duration;

use crate::ComponentInfo;

/// A tuning constant as `ponte doctor` prints it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Knob {
    /// Its name in this crate.
    pub name: &'static str,
    /// Its value, with the unit.
    pub value: String,
    /// Why it is what it is.
    pub reason: &'static str,
}

/// How a constant of a type reads, with its unit.
trait Show {
    fn show(&self, unit: &str) -> String;
}

macro_rules! show_numbers {
    ($($number:ty)+) => {$(impl Show for $number {
        fn show(&self, unit: &str) -> String {
            match unit {
                "bytes" if *self >= 1 << 20 && *self % (1 << 20) == 0 => format!("{} MiB", *self >> 20),
                "bytes" if *self >= 1 << 10 && *self % (1 << 10) == 0 => format!("{} KiB", *self >> 10),
                "" => self.to_string(),
                unit => format!("{self} {unit}"),
            }
        }
    })+};
}
show_numbers!(u32 u64 usize);

impl Show for Duration {
    fn show(&self, _: &str) -> String {
        format!("{self:?}")
    }
}

impl Show for bool {
    fn show(&self, _: &str) -> String {
        if *self { "on" } else { "off" }.to_owned()
    }
}

macro_rules! knobs {
    ($($name:ident: $type:ty = $value:expr, $unit:literal, $reason:literal;)+) => {
        $(#[doc = $reason] pub const $name: $type = $value;)+

        /// Every constant above.
        pub(crate) fn constants() -> Vec<Knob> {
            vec![$(Knob { name: stringify!($name), value: $name.show($unit), reason: $reason }),+]
        }
    };
}

knobs! {
    // The engine.
    CONCURRENCY_SUPPORT: bool = false, "",
        "Component-model async: the world has none, and it costs 40 µs of each 60 µs run.";
    CONCURRENT_RUNS: u32 = 256, "runs",
        "Runs at once, and so the size of the instance pool. Further runs wait for a place.";
    TICK: Duration = Duration::from_millis(10), "",
        "How often a guest is interrupted to look at its deadline and to let others have the thread.";
    ASYNC_STACK: usize = 2 << 20, "bytes",
        "Stack of a run, host calls included. Address space, not memory.";
    WASM_STACK: usize = 1 << 20, "bytes",
        "Stack of the guest's own calls; deeper recursion ends the run. JavaScript takes 0.8 KiB a call: 1,300 deep.";
    ASYNC_STACK_ZEROING: bool = true, "",
        "Stacks are wiped between runs, so that no tenant finds another's words: 5 µs.";
    ASYNC_STACK_KEEP: usize = 64 << 10, "bytes",
        "This much of a stack is wiped by hand instead of being returned to the system.";
    MEMORY_SLOT: usize = 128 << 20, "bytes",
        "The largest memory that the pool can hold; each run has a smaller limit of its own.";
    MEMORY_KEEP: usize = 256 << 10, "bytes",
        "This much of a memory is cleared by hand: helps small guests; more hurts JavaScript and Python.";
    TABLE_KEEP: usize = 64 << 10, "bytes",
        "The same for tables.";
    MEMORIES_PER_RUN: u32 = 2, "memories",
        "Toolchains make one; QuickJS brings a second, empty one. More would be refused at install.";
    TABLES_PER_RUN: u32 = 4, "tables",
        "Toolchains make two; a slot is only address space.";
    TABLE_ELEMENTS: usize = 20_000, "elements",
        "JavaScript needs 7,713 and Python 5,696.";
    CORE_INSTANCES_PER_RUN: u32 = 40, "instances",
        "A Python component makes 14, and 38 with stubs in place of WASI. Slots are counters and reserve no address space.";
    CORE_INSTANCE_BYTES: usize = 1 << 20, "bytes",
        "Bookkeeping of a core or component instance: JavaScript 200 KB, Python 416 KB.";
    PAGEMAP_SCAN: bool = false, "",
        "Would skip dirty pages that were swapped out, and hand them to the next tenant (wasmtime#14357).";
    NAN_CANONICALIZATION: bool = true, "",
        "Floats have the same bits on every machine, so that a replay is exact.";
    HOSTCALL_BYTES: usize = 1 << 20, "bytes",
        "What a guest may hand over in one host call, before the host copies it.";
    WASI_RESOURCES: usize = 64, "resources",
        "Handles of the WASI subset; the world itself has none.";
    WASI_RANDOM_BYTES: u64 = 64 << 10, "bytes",
        "Random bytes for one WASI call.";

    // A run.
    CPU_COMPILED: Duration = Duration::from_millis(100), "",
        "CPU time of a run in Rust, C and the like, which take 20 µs: room for 5,000 times that.";
    CPU_INTERPRETED: Duration = Duration::from_secs(1), "",
        "CPU time of a run with an interpreter inside: JavaScript 0.3 to 1 ms, Python 1.3 ms.";
    WALL_COMPILED: Duration = Duration::from_secs(2), "",
        "Real time of a run, waiting for the store and for other runs included.";
    WALL_INTERPRETED: Duration = Duration::from_secs(5), "",
        "The same with an interpreter inside.";
    MEMORY_COMPILED: usize = 32 << 20, "bytes",
        "Memory of a run in Rust, C and the like: they begin with 0.1 to 1.1 MiB.";
    MEMORY_INTERPRETED: usize = 96 << 20, "bytes",
        "Memory of a run with an interpreter inside: JavaScript begins with 9 MiB, Python with 13 MiB.";
    INTERPRETER_FROM: u64 = 1 << 20, "bytes",
        "A component from this size on has an interpreter inside: Rust makes 50 KB, QuickJS 1.6 MB.";
    HOST_CALLS: u32 = 2_000, "calls",
        "Host calls of a run; a busy flow makes ten.";
    EFFECTS: u32 = 100, "effects",
        "Effects of a run: all of them are one transaction.";
    EFFECT_BYTES: usize = 64 << 10, "bytes",
        "One effect as JSON; the longest message has 4,096 characters.";
    STATE_RUN_BYTES: usize = 512 << 10, "bytes",
        "All values that a run writes: they are one transaction, and the run's record repeats them.";
    STATE_VALUE_BYTES: usize = 64 << 10, "bytes",
        "One value, as the contract says.";
    STATE_KEY_BYTES: usize = 256, "bytes",
        "One key, as the contract says.";
    NAME_BYTES: usize = 64, "bytes",
        "The name of a timer or a tag, as the contract says of tags.";
    RANDOM_BYTES: u32 = 1_024, "bytes",
        "Random bytes for one call, as the contract says.";
    OUTSIDE_CALLS: u32 = 20, "calls",
        "Questions of a run to web services, stores and models, and as many requests after it.";
    OUTSIDE_WAIT: Duration = Duration::from_secs(10), "",
        "How long a run waits for all of them together, unless its manifest says; on top of its real time.";
    OUTSIDE_WAIT_LONGEST: Duration = Duration::from_secs(60), "",
        "What a manifest may ask for: the customer waits too.";
    URL_BYTES: usize = 4 << 10, "bytes",
        "An address.";
    REQUEST_HEADERS: usize = 50, "headers",
        "Headers of a request.";
    REQUEST_HEADER_BYTES: usize = 8 << 10, "bytes",
        "All headers of a request together.";
    REQUEST_BODY_BYTES: usize = 24 << 10, "bytes",
        "The body of a request, as the contract says: it is an effect, and fits into one even as hex.";
    AI_PROMPT_BYTES: usize = 32 << 10, "bytes",
        "All messages to a model, as the contract says.";
    AI_SCHEMA_BYTES: usize = 8 << 10, "bytes",
        "The schema of a model's answer, as the contract says.";
    AI_TOKENS: u32 = 4_096, "tokens",
        "The longest answer of a model, as the contract says.";
    RECENT_MESSAGES: u32 = 50, "messages",
        "Past messages for one call, as the contract says.";
    HOLD_LONGEST: Duration = Duration::from_secs(7 * 24 * 3600), "",
        "How long a flow keeps a conversation by one call, as the contract says.";
    LOG_LINES: usize = 100, "lines",
        "Log lines of a run; the rest is cut, and the cut is marked.";
    LOG_LINE_BYTES: usize = 2 << 10, "bytes",
        "One log line; the rest is cut, and the cut is marked.";
    LOG_BYTES: usize = 32 << 10, "bytes",
        "All log lines of a run together.";
    REFUSALS_KEPT: usize = 32, "refusals",
        "Refusals that the report lists; later ones are only told to the guest.";

    // The compiler.
    COMPONENT_BYTES: u64 = 64 << 20, "bytes",
        "The largest component: Python makes 18 MB.";
    COMPILE_MEMORY: u64 = 4 << 30, "bytes",
        "Address space of the compiler's process.";
    COMPILE_CPU_SECONDS: u64 = 300, "s",
        "CPU time of the compiler's process: 12 MB of JavaScript take 20 s.";
    COMPILE_WALL: Duration = Duration::from_secs(300), "",
        "Real time of the compiler's process.";
    COMPILE_FILE_BYTES: u64 = 512 << 20, "bytes",
        "The largest file that the compiler may write: JavaScript makes 36 MB.";
}

/// What one run of a plugin may use. The numbers are in this file's constants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// CPU time of the run; looked at every [`TICK`].
    pub cpu: Duration,
    /// Real time of the run.
    pub wall: Duration,
    /// Waiting for answers from outside, on top of `wall`; only for runs that may ask.
    pub wait: Duration,
    /// All memories together, in bytes; never more than [`MEMORY_SLOT`].
    pub memory: usize,
    /// Elements of one table; never more than [`TABLE_ELEMENTS`].
    pub table_elements: usize,
    /// Host calls of the world; those of WASI are bounded by the CPU time.
    pub host_calls: u32,
    /// Effects.
    pub effects: u32,
    /// Log lines.
    pub log_lines: usize,
    /// All log lines together, in bytes.
    pub log_bytes: usize,
}

impl Limits {
    /// For compiled languages: Rust, C, Go and the like.
    pub const COMPILED: Self = Self {
        cpu: CPU_COMPILED,
        wall: WALL_COMPILED,
        wait: OUTSIDE_WAIT,
        memory: MEMORY_COMPILED,
        table_elements: TABLE_ELEMENTS,
        host_calls: HOST_CALLS,
        effects: EFFECTS,
        log_lines: LOG_LINES,
        log_bytes: LOG_BYTES,
    };

    /// For components with an interpreter inside: JavaScript and Python.
    pub const INTERPRETED: Self =
        Self { cpu: CPU_INTERPRETED, wall: WALL_INTERPRETED, memory: MEMORY_INTERPRETED, ..Self::COMPILED };

    /// The one or the other, by the component's size.
    pub fn for_component(info: &ComponentInfo) -> Self {
        if info.size >= INTERPRETER_FROM { Self::INTERPRETED } else { Self::COMPILED }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::COMPILED
    }
}
