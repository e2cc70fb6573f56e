//! The serialized forms of the outcomes in a window.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::circuit::{
    WindowCounts,
    outcome_ring::{CallFlags, OutcomeRing},
    window::{BUCKETS, Buckets},
};

/// The positions of the bad outcomes among `outcomes` outcomes, of which the last `size` count.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Places {
    size: u32,
    outcomes: u64,
    bad: Vec<PlacedOutcome>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlacedOutcome {
    place: u64,
    failed: bool,
    slow: bool,
}

impl From<OutcomeRing> for Places {
    fn from(ring: OutcomeRing) -> Self {
        let outcome = |(place, CallFlags { failed, slow })| PlacedOutcome { place, failed, slow };
        let bad = ring.places().map(|(place, flags)| outcome((place.into(), flags))).collect();
        Self { size: ring.size, outcomes: ring.calls.into(), bad }
    }
}

impl TryFrom<Places> for OutcomeRing {
    type Error = &'static str;

    fn try_from(Places { size, outcomes, bad }: Places) -> Result<Self, Self::Error> {
        let mut place = outcomes.saturating_sub(size.into());
        let mut ring = Self::new(size);
        for PlacedOutcome { place: next, failed, slow } in bad {
            if next <= place || outcomes < next {
                return Err(PLACES);
            }
            ring.advance(next - place);
            ring.keep(CallFlags { failed, slow });
            place = next;
        }
        ring.advance(outcomes - place);
        Ok(ring)
    }
}

const PLACES: &str = "the positions of bad outcomes must be ascending and within the window";

/// The buckets of a window of time: the current one and the nine before it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ring {
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
        if u64::MAX / width < number {
            return Err(NUMBER);
        }
        Ok(Self { width, number, ring: buckets })
    }
}

/// Limits the sum of ten buckets, so that it cannot overflow in the lifetime of a circuit.
const MOST_CALLS: u64 = u64::MAX / 32;
const NUMBER: &str = "the number of a bucket must be one that a clock reaches";
const BUCKET: &str = "a bucket must last and hold no more failures or slow calls than calls";

/// Serializes a value through a form of its own.
macro_rules! through_form {
    ($($value:ident through $form:ident),*) => {$(
        impl Serialize for $value {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $form::from(self.clone()).serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $value {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $form::deserialize(deserializer)?.try_into().map_err(D::Error::custom)
            }
        }
    )*};
}

through_form! { OutcomeRing through Places, Buckets through Ring }
