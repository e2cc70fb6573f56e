//! The weight of a breaker: the bytes that it takes, counted by the allocator.
//!
//! The name and the breaker's entry in the map of the registry are not counted, because their
//! weight depends on the name. What a breaker shares with the breakers of other keys is counted for
//! the first of them.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::sync::Arc;

use allocation_counter::measure;

use super::{Breaker, Slot, SlotContext};
use crate::{
    circuit::{PolicyPatch, Reason, Tick},
    config::{Attribute, Layers, SharedConfig},
    identity::Identity,
    time::clock::Time,
};

/// Creates breakers for the keys of one function.
struct KeyedBreakers {
    attribute: &'static Attribute,
    shared: Arc<SharedConfig>,
    context: Arc<SlotContext>,
}

static IN_A_ROW: Attribute = Attribute::plain();
static RATE: Attribute = Attribute::new(None, PolicyPatch::new().failure_rate(50));

impl KeyedBreakers {
    fn of(attribute: &'static Attribute) -> Self {
        let shared = Arc::new(SharedConfig::new(None));
        let context = Arc::new(SlotContext::new(Time::System));
        Self { attribute, shared, context }
    }

    fn create(&self, identity: Identity<'static>) -> Breaker {
        let mut layers = Layers::new(Arc::clone(&self.shared));
        layers.set_attribute(self.attribute);
        let slot = Slot::new(identity, layers, 7, Arc::clone(&self.context), Tick::ORIGIN);
        Breaker::new(Arc::new(slot))
    }

    /// Returns the bytes of a breaker that is not the first, after `calls`: each fails for its
    /// reason, or succeeds.
    fn weight(&self, calls: impl Iterator<Item = Option<&'static str>>) -> usize {
        let _first = self.create("first".into());
        let (name, mut created) = ("second".into(), None);
        let counted = measure(|| {
            let breaker = created.insert(self.create(name));
            for call in calls {
                let permit = breaker.try_acquire().unwrap();
                match call {
                    Some(reason) => permit.failure(Reason::of(reason)),
                    None => permit.success(),
                }
            }
        });
        usize::try_from(counted.bytes_current).unwrap() - size_of::<Identity<'_>>()
    }
}

/// A hundred calls, of which every `nth` fails, for each reason in turn.
fn calls<const R: usize>(
    nth: usize,
    reasons: [&'static str; R],
) -> impl Iterator<Item = Option<&'static str>> {
    let reasons = reasons.into_iter().cycle().map(Some);
    let successes = (1..nth).map(|_| None);
    reasons.flat_map(move |failure| successes.clone().chain([failure])).take(100)
}

#[test]
fn an_idle_breaker_takes_at_most_160_bytes() {
    for attribute in [&IN_A_ROW, &RATE] {
        let weight = KeyedBreakers::of(attribute).weight([].into_iter());
        assert!(weight <= 160, "{weight} bytes");
    }
}

#[test]
fn a_breaker_that_judges_the_last_hundred_calls_takes_at_most_320_bytes() {
    let weight = KeyedBreakers::of(&RATE).weight(calls(10, ["connection refused"]));
    assert!(weight <= 320, "{weight} bytes");
}

#[test]
fn a_breaker_that_fails_in_every_third_call_for_four_reasons_takes_at_most_480_bytes() {
    let weight =
        KeyedBreakers::of(&RATE).weight(calls(3, ["no answer", "refused", "busy", "reset"]));
    assert!(weight <= 480, "{weight} bytes");
}
