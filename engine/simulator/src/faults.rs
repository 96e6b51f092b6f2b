//! What can go wrong between Meta and a business, on demand.

use std::time::Duration;

/// How often something strikes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Odds {
    /// Not at all.
    #[default]
    Never,
    /// The next so many times, then never.
    Next(u32),
    /// This share of times, from 0 to 1.
    Share(f64),
}

impl Odds {
    /// Whether it strikes this time.
    fn strikes(&mut self, rng: &mut fastrand::Rng) -> bool {
        match self {
            Self::Never | Self::Next(0) => false,
            Self::Next(left) => {
                *left -= 1;
                true
            }
            Self::Share(share) => rng.f64() < *share,
        }
    }
}

/// Everything that goes wrong at present. The default is that nothing does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaultPlan {
    /// On the way to Meta: `POST /{number}/messages`. Read receipts are spared.
    pub sends: SendFaults,
    /// On the way from Meta.
    pub webhooks: WebhookFaults,
    /// How late echoes of the app's messages are handed to the webhook. Their timestamp is that of the writing.
    pub echo_delay: Duration,
}

/// What goes wrong with sends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SendFaults {
    /// The request waits before Meta looks at it.
    pub delay: (Odds, Duration),
    /// The message is accepted, then the response waits.
    pub slow_response: (Odds, Duration),
    /// The connection is cut before Meta looks at the request: nothing is sent.
    pub drop_request: Odds,
    /// The message is accepted and delivered, and the connection is cut before the response.
    pub drop_response: Odds,
    /// The response is this error code.
    pub error: (Odds, i64),
    /// The message is accepted, and fails with this code by status.
    pub failed_status: (Odds, i64),
}

/// What goes wrong with webhooks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WebhookFaults {
    /// Handed over late.
    pub delay: (Odds, Duration),
    /// Handed over once, and this many times more, all at the same time.
    pub duplicate: (Odds, u32),
    /// The first attempt is lost on the way; the retry comes.
    pub drop: Odds,
    /// Kept back until there are several.
    pub hold: Option<Hold>,
}

/// Webhooks kept back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Until there are so many,
    pub size: usize,
    /// or the oldest has waited this long on the clock,
    pub wait: Duration,
    /// and then released so.
    pub release: Release,
}

/// How held webhooks are released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// One POST each, in an order drawn from the seed; each waits for the answer to the one before.
    Shuffled,
    /// In one POST.
    Together,
}

/// The plan and its dice. Sends and webhooks have dice of their own, so that one does not disturb the other.
#[derive(Debug)]
pub(crate) struct Faults {
    pub(crate) plan: FaultPlan,
    sends: fastrand::Rng,
    webhooks: fastrand::Rng,
}

/// What happens to one send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SendFate {
    pub(crate) delay: Duration,
    pub(crate) slow_response: Duration,
    pub(crate) drop_request: bool,
    pub(crate) drop_response: bool,
    pub(crate) error: Option<i64>,
    pub(crate) failed_status: Option<i64>,
}

/// What happens to one webhook.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct WebhookFate {
    pub(crate) delay: Duration,
    pub(crate) copies: u32,
    pub(crate) drop_first: bool,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            plan: FaultPlan::default(),
            sends: fastrand::Rng::with_seed(seed),
            webhooks: fastrand::Rng::with_seed(seed.wrapping_add(1)),
        }
    }

    pub(crate) fn for_send(&mut self) -> SendFate {
        let (plan, rng) = (&mut self.plan.sends, &mut self.sends);
        SendFate {
            delay: drawn(&mut plan.delay, rng).unwrap_or_default(),
            slow_response: drawn(&mut plan.slow_response, rng).unwrap_or_default(),
            drop_request: plan.drop_request.strikes(rng),
            drop_response: plan.drop_response.strikes(rng),
            error: drawn(&mut plan.error, rng),
            failed_status: drawn(&mut plan.failed_status, rng),
        }
    }

    pub(crate) fn for_webhook(&mut self) -> WebhookFate {
        let (plan, rng) = (&mut self.plan.webhooks, &mut self.webhooks);
        WebhookFate {
            delay: drawn(&mut plan.delay, rng).unwrap_or_default(),
            copies: drawn(&mut plan.duplicate, rng).unwrap_or_default(),
            drop_first: plan.drop.strikes(rng),
        }
    }

    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        self.webhooks.shuffle(things);
    }
}

fn drawn<T: Copy>(fault: &mut (Odds, T), rng: &mut fastrand::Rng) -> Option<T> {
    fault.0.strikes(rng).then_some(fault.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_fates() {
        let draw = |seed| {
            let mut faults = Faults::new(seed);
            faults.plan.sends.drop_response = Odds::Share(0.3);
            faults.plan.webhooks.duplicate = (Odds::Share(0.5), 2);
            (0..50).map(|_| (faults.for_send(), faults.for_webhook())).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        let cut = draw(7).iter().filter(|(send, _)| send.drop_response).count();
        assert!((5..30).contains(&cut), "{cut} of 50 is no third");
    }

    #[test]
    fn next_counts_down() {
        let mut faults = Faults::new(1);
        faults.plan.sends.error = (Odds::Next(2), 131000);
        let codes: Vec<_> = (0..3).map(|_| faults.for_send().error).collect();
        assert_eq!(codes, [Some(131000), Some(131000), None]);
    }
}
