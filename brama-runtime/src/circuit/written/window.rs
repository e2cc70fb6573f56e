//! What a window remembers: nothing that the rules could stumble over.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::circuit::{
    Counts,
    window::{BUCKETS, Bad, Buckets, Mark, Recent},
};

/// The places of the bad outcomes among the last `size`; how many there are is counted again.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::circuit) struct Places {
    size: u32,
    outcomes: u64,
    bad: VecDeque<Outcome>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Outcome {
    place: u64,
    failed: bool,
    slow: bool,
}

impl From<Recent> for Places {
    fn from(Recent { size, outcomes, bad, failures: _, slow: _ }: Recent) -> Self {
        let place = |Bad { place, mark: Mark { failed, slow } }| Outcome { place, failed, slow };
        Self { size, outcomes, bad: bad.into_iter().map(place).collect() }
    }
}

impl TryFrom<Places> for Recent {
    type Error = &'static str;

    fn try_from(Places { size, outcomes, bad }: Places) -> Result<Self, Self::Error> {
        let before = outcomes.saturating_sub(size.into());
        let is_inside = |bad: &Outcome| before < bad.place && bad.place <= outcomes;
        if !bad.iter().all(is_inside)
            || !bad.iter().is_sorted_by(|one, next| one.place < next.place)
        {
            return Err(PLACES);
        }
        let mut recent = Self { outcomes, ..Self::new(size) };
        for Outcome { place, failed, slow } in bad {
            recent.keep(Bad { place, mark: Mark { failed, slow } });
        }
        Ok(recent)
    }
}

const PLACES: &str = "the places of bad outcomes must rise and lie in the window";

/// The current bucket of time and the nine before it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::circuit) struct Ring {
    width: u64,
    number: u64,
    buckets: [Counts; BUCKETS],
}

impl From<Buckets> for Ring {
    fn from(Buckets { width, number, ring }: Buckets) -> Self {
        Self { width, number, buckets: ring }
    }
}

impl TryFrom<Ring> for Buckets {
    type Error = &'static str;

    fn try_from(Ring { width, number, buckets }: Ring) -> Result<Self, Self::Error> {
        let is_possible =
            |held: &Counts| held.failures.max(held.slow) <= held.calls && held.calls <= MOST_CALLS;
        if width == 0 || !buckets.iter().all(is_possible) {
            return Err(BUCKET);
        }
        Ok(Self { width, number, ring: buckets })
    }
}

/// Ten buckets of so many calls make a sum, with room for those of a lifetime.
const MOST_CALLS: u64 = u64::MAX / 32;
const BUCKET: &str = "a bucket must last and hold no more failures or slow calls than calls";
