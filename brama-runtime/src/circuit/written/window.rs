//! What a window remembers: nothing that the rules could stumble over.

use serde::{Deserialize, Serialize};

use crate::circuit::{
    WindowCounts,
    recent::{Mark, Recent},
    window::{BUCKETS, Buckets},
};

/// The places of the bad ones among so many outcomes, of which the last `size` count.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::circuit) struct Places {
    size: u32,
    outcomes: u64,
    bad: Vec<Outcome>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Outcome {
    place: u64,
    failed: bool,
    slow: bool,
}

impl From<Recent> for Places {
    fn from(recent: Recent) -> Self {
        let outcome = |(place, Mark { failed, slow })| Outcome { place, failed, slow };
        let bad = recent.places().map(|(place, mark)| outcome((place.into(), mark))).collect();
        Self { size: recent.size, outcomes: recent.calls.into(), bad }
    }
}

impl TryFrom<Places> for Recent {
    type Error = &'static str;

    fn try_from(Places { size, outcomes, bad }: Places) -> Result<Self, Self::Error> {
        let mut place = outcomes.saturating_sub(size.into());
        let mut recent = Self::new(size);
        for Outcome { place: next, failed, slow } in bad {
            if next <= place || outcomes < next {
                return Err(PLACES);
            }
            recent.advance(next - place);
            recent.keep(Mark { failed, slow });
            place = next;
        }
        recent.advance(outcomes - place);
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
    buckets: [WindowCounts; BUCKETS],
}

impl From<Buckets> for Ring {
    fn from(Buckets { width, number, ring }: Buckets) -> Self {
        Self { width, number, buckets: ring }
    }
}

impl TryFrom<Ring> for Buckets {
    type Error = &'static str;

    fn try_from(Ring { width, number, buckets }: Ring) -> Result<Self, Self::Error> {
        let is_possible = |held: &WindowCounts| {
            held.failures.max(held.slow) <= held.calls && held.calls <= MOST_CALLS
        };
        if width == 0 || !buckets.iter().all(is_possible) {
            return Err(BUCKET);
        }
        Ok(Self { width, number, ring: buckets })
    }
}

/// Ten buckets of so many calls make a sum, with room for those of a lifetime.
const MOST_CALLS: u64 = u64::MAX / 32;
const BUCKET: &str = "a bucket must last and hold no more failures or slow calls than calls";
