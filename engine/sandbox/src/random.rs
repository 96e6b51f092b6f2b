//! Dice that fall the same way whenever a run is repeated.

use chacha20::ChaCha12Rng;
use chacha20::rand_core::{Rng as _, SeedableRng as _};

/// Who rolls. Each has a stream of its own, so that one's use does not change what another sees.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stream {
    /// `ponte:flow/run`.
    Run = 0,
    /// `wasi:random/random`.
    Wasi = 1,
    /// `wasi:random/insecure`.
    WasiInsecure = 2,
}

/// The dice of a run. ChaCha's output is fixed by its specification, so it outlives versions of the crate.
pub(crate) fn dice(seed: &[u8; 32], stream: Stream) -> ChaCha12Rng {
    let mut dice = ChaCha12Rng::from_seed(*seed);
    dice.set_stream(stream as u64);
    dice
}

/// The next `len` bytes.
pub(crate) fn bytes(dice: &mut ChaCha12Rng, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    dice.fill_bytes(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_one_seed_differ_and_repeat() {
        let roll = |seed: u8, stream| bytes(&mut dice(&[seed; 32], stream), 16);
        assert_eq!(roll(7, Stream::Run), roll(7, Stream::Run));
        assert_ne!(roll(7, Stream::Run), roll(7, Stream::Wasi));
        assert_ne!(roll(7, Stream::Run), roll(8, Stream::Run));
        // ChaCha12's keystream by its specification: no version of the crate may change what a replay sees.
        assert_eq!(hex::encode(roll(7, Stream::Run)), "f692897885c0cb20a3e4cd106a0b15bc");
    }
}
