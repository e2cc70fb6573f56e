//! Sentences of notes that several importers write.

/// The note about a probe that does not end. `$other` is what the other library does then.
macro_rules! lost_probe {
    ($other:literal) => {
        concat!(
            "after `probe_timeout`, by default 60 s, brama gives the place of a probe that has not \
             ended to the next call; ",
            $other
        )
    };
}
pub(super) use lost_probe;

pub(super) const LIMITS_BY_TIMEOUT: &str =
    "brama limits the time of a call by `timeout`, if its attribute has this option";
pub(super) const LIMITS_IN_FLIGHT: &str = "brama limits the calls in flight of a breaker by `concurrency_limit`, and rejects one more at once";
pub(super) const ONLY_A_CIRCUIT_BREAKER: &str = "brama is a circuit breaker only";
pub(super) const REJECTS_NO_CALL: &str = "brama decides and counts, but rejects no call";
