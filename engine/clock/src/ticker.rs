use std::time::Duration;

/// Runs `tick` every `period` of real time on a thread of its own, until it answers `false`. For whoever has to be
/// nudged from outside while it keeps a thread of its own busy, as guests are.
///
/// # Errors
/// The operating system has no thread to give.
#[expect(clippy::disallowed_methods, reason = "this crate is where real time comes from")]
pub fn every(period: Duration, name: &str, mut tick: impl FnMut() -> bool + Send + 'static) -> std::io::Result<()> {
    let run = move || {
        while tick() {
            std::thread::sleep(period);
        }
    };
    std::thread::Builder::new().name(name.to_owned()).spawn(run).map(drop)
}

/// The CPU time that the calling thread has used. Unlike real time it stands still while other processes have
/// the CPU, so that a busy machine does not eat a guest's allowance.
#[cfg(unix)]
pub fn thread_cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The real time since the thread first asked: the nearest thing where threads have no clock.
#[cfg(not(unix))]
pub fn thread_cpu_time() -> Duration {
    thread_local!(static START: crate::Stopwatch = crate::Stopwatch::start());
    START.with(crate::Stopwatch::elapsed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn ticks_until_told_to_stop() {
        let (send, ticks) = mpsc::channel();
        let mut left = 3;
        every(Duration::from_millis(1), "ticker", move || {
            left -= 1;
            send.send(left).is_ok() && left > 0
        })
        .unwrap();
        assert_eq!(ticks.iter().collect::<Vec<_>>(), [2, 1, 0]);
    }

    #[test]
    fn cpu_time_moves_with_work_and_not_with_waiting() {
        let start = thread_cpu_time();
        std::hint::black_box((0..2_000_000_u64).fold(0, |sum, n| sum ^ std::hint::black_box(n)));
        let worked = thread_cpu_time();
        assert!(worked > start);
        let (_keep, never) = mpsc::channel::<()>();
        let _ = never.recv_timeout(Duration::from_millis(200));
        assert!(thread_cpu_time() - worked < Duration::from_millis(150));
    }
}
