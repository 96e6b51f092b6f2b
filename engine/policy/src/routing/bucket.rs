//! Percentages that stick to a contact.

use ponte_model::ContactId;
use sha2::{Digest as _, Sha256};

/// The bucket of a contact in a plan, 0 to 99. The same for ever, on every machine: a share of `n` percent is the
/// buckets below `n`, so whoever is in stays in when the share grows.
pub fn bucket(plan: &str, contact: &ContactId) -> u8 {
    let hash = Sha256::new()
        .chain_update((plan.len() as u64).to_le_bytes())
        .chain_update(plan)
        .chain_update(contact.as_str())
        .finalize();
    let first = u64::from_be_bytes(std::array::from_fn(|place| hash[place]));
    // Below 100, so it fits; 2^64 is so much more that the first buckets are no fuller than the last.
    (first % 100) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn buckets_never_change() {
        // Pinned: another hash would move people who are in a stage out of it.
        let of = |plan: &str, contact: &str| bucket(plan, &contact.into());
        let seen = [of("support", "con_1"), of("support", "con_2"), of("billing", "con_1")];
        assert_eq!(seen, [79, 66, 53]);
    }

    #[test]
    fn shares_are_about_as_large_as_they_say() {
        let below = (0..10_000).filter(|n| bucket("plan", &ContactId::new(format!("con_{n}"))) < 25).count();
        assert!((2_300..2_700).contains(&below), "{below} of 10,000 for 25 %");
    }

    proptest! {
        #[test]
        fn whoever_is_in_stays_in_when_the_share_grows(contact in ".{1,40}", plan in ".{0,20}", a in 0u8..=100, b in 0u8..=100) {
            let (small, large) = (a.min(b), a.max(b));
            let bucket = bucket(&plan, &contact.as_str().into());
            prop_assert!(bucket < 100);
            prop_assert!(bucket >= small || bucket < large);
        }
    }
}
