//! The length of one opening: what the expiry says, less jitter, or a longer hint.

use std::time::Duration;

use super::{
    Circuit, DurationSource, Generation, OpenDuration, Policy,
    expiry::{millis, to_permille},
};

impl Circuit {
    pub(super) fn length(&self, policy: &Policy) -> OpenDuration {
        let trips = self.trips;
        let progressive = policy.expiry.is_progressive();
        let source =
            if progressive { DurationSource::Progressive { trips } } else { DurationSource::Fixed };
        OpenDuration { duration: policy.expiry.wait(trips), source, jitter: Duration::ZERO }
    }
}

impl OpenDuration {
    /// Shortens the opening by a share of at most `jitter`, computed from seed and generation only.
    pub(super) fn jittered(self, policy: &Policy, seed: u64, generation: Generation) -> Self {
        let most = to_permille(policy.jitter).unwrap_or_default();
        let wait = millis(self.duration);
        let drawn = u128::from(draw(seed, generation));
        let taken = (u128::from(wait) * u128::from(most) * drawn) / (1000 << 32);
        let jitter = Duration::from_millis(u64::try_from(taken).unwrap_or_default());
        Self { duration: self.duration.saturating_sub(jitter), jitter, ..self }
    }

    /// Lengthens the opening to the hint, if the hint is longer.
    pub(super) fn lengthened(self, hint: Option<Duration>) -> Self {
        match hint {
            Some(duration) if self.duration < duration => {
                Self { duration, source: DurationSource::RetryAfter, jitter: Duration::ZERO }
            }
            Some(_) | None => self,
        }
    }
}

/// Returns a pseudorandom number, by one round of `SplitMix64` (Steele, Lea, Flood 2014).
const fn draw(seed: u64, generation: Generation) -> u32 {
    let step = generation.number().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = seed.wrapping_add(step);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) >> 32) as u32
}
