//! The deterministic subset of WASI for languages whose runtimes want one.
//!
//! Time is the event's, dice are the run's, output is the log, exit is a failure. There are no files, sockets,
//! arguments or environment. A run is a pure function of its inputs with it as without it.

use std::time::Duration;

use bytes::Bytes;
use ponte_model::{LogLevel, Timestamp};
use tokio::io::AsyncWrite;
use wasmtime::Result;
use wasmtime::component::{HasData, Linker, Resource, ResourceTable};
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::clocks::HostWallClock;
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock;
use wasmtime_wasi::p2::{DynPollable, OutputStream, Pollable, StreamResult, subscribe};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::limits;
use crate::log::LogBook;
use crate::random::{Stream, bytes, dice};
use crate::state::RunState;

/// Every reading of the monotonic clock finds it this much later, in nanoseconds.
const READING: u64 = 1_000;

/// The WASI side of a run.
pub(crate) struct Wasi {
    ctx: WasiCtx,
    table: ResourceTable,
    /// The monotonic clock, in nanoseconds.
    clock: u64,
}

/// Links the subset. `wasi:http` is not in it.
pub(crate) fn link(linker: &mut Linker<RunState>) -> Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    // wasmtime-wasi's monotonic clock sleeps real time; ours counts.
    linker.allow_shadowing(true);
    monotonic_clock::add_to_linker::<RunState, Ticking>(linker, |run| Ticks(run.wasi()))?;
    linker.allow_shadowing(false);
    Ok(())
}

impl RunState {
    fn wasi(&mut self) -> &mut Wasi {
        let (log, request) = (&self.log, &self.request);
        self.wasi.get_or_insert_with(|| Wasi::new(request.event.at, &request.random_seed, log))
    }
}

impl WasiView for RunState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let Wasi { ctx, table, .. } = self.wasi();
        WasiCtxView { ctx, table }
    }
}

impl Wasi {
    fn new(now: Timestamp, seed: &[u8; 32], log: &LogBook) -> Self {
        let mut insecure = dice(seed, Stream::WasiInsecure);
        let first: [u8; 16] = bytes(&mut insecure, 16).try_into().unwrap_or_default();
        let ctx = WasiCtx::builder()
            .wall_clock(EventTime(Duration::from_millis(u64::try_from(now.as_millis()).unwrap_or(0))))
            .secure_random(dice(seed, Stream::Wasi))
            .insecure_random(insecure)
            .insecure_random_seed(u128::from_le_bytes(first))
            .max_random_size(limits::WASI_RANDOM_BYTES)
            .stdout(LogStream { level: LogLevel::Info, log: log.clone() })
            .stderr(LogStream { level: LogLevel::Warn, log: log.clone() })
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false)
            .build();
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits::WASI_RESOURCES);
        Self { ctx, table, clock: 0 }
    }
}

/// A wall clock that shows the event's time and nothing else.
struct EventTime(Duration);

impl HostWallClock for EventTime {
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn now(&self) -> Duration {
        self.0
    }
}

struct Ticking;

impl HasData for Ticking {
    type Data<'a> = Ticks<'a>;
}

/// A monotonic clock that counts its readings. Sleeping takes no time: the clock jumps.
struct Ticks<'a>(&'a mut Wasi);

impl monotonic_clock::Host for Ticks<'_> {
    fn now(&mut self) -> Result<u64> {
        self.0.clock = self.0.clock.saturating_add(READING);
        Ok(self.0.clock)
    }

    fn resolution(&mut self) -> Result<u64> {
        Ok(READING)
    }

    fn subscribe_instant(&mut self, when: u64) -> Result<Resource<DynPollable>> {
        self.0.clock = self.0.clock.max(when);
        let now = self.0.table.push(Now)?;
        subscribe(&mut self.0.table, now)
    }

    fn subscribe_duration(&mut self, duration: u64) -> Result<Resource<DynPollable>> {
        self.subscribe_instant(self.0.clock.saturating_add(duration))
    }
}

/// Ready at once.
struct Now;

#[async_trait::async_trait]
impl Pollable for Now {
    async fn ready(&mut self) {}
}

/// Standard output and standard error.
#[derive(Clone)]
struct LogStream {
    level: LogLevel,
    log: LogBook,
}

impl IsTerminal for LogStream {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for LogStream {
    /// Only WASI 0.3 uses this one, and it is not linked.
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for LogStream {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.log.stream(self.level, &bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(limits::LOG_LINE_BYTES)
    }
}

#[async_trait::async_trait]
impl Pollable for LogStream {
    async fn ready(&mut self) {}
}
