//! What a request of a flow may take.

use std::time::Duration;

/// Until a connection stands, TLS included.
pub const CONNECT: Duration = Duration::from_secs(5);
/// Until an answer that a run waits for is there, all of it: a server that drips is given up.
pub const INLINE: Duration = Duration::from_secs(10);
/// The same for a request after the run, where nobody waits.
pub const LATER: Duration = Duration::from_secs(30);
/// The largest answer. Counted as it comes; compressed answers are not taken.
pub const RESPONSE_BYTES: usize = 1 << 20;
/// Headers of an answer.
pub const RESPONSE_HEADERS: usize = 100;
/// All headers of an answer together.
pub const RESPONSE_HEADER_BYTES: usize = 32 << 10;
/// Redirects that are followed.
pub const REDIRECTS: usize = 5;
