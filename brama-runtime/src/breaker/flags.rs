//! The flags of the gate's word, and their places.

/// The place of the state in `State::ALL` takes the lowest bits.
pub(super) const STATE_BITS: u32 = 3;
pub(super) const STATE: u64 = (1 << STATE_BITS) - 1;
/// Every call is admitted.
pub(super) const ADMITS: u64 = 1 << 3;
/// Every call is admitted without reading a clock. Derived, so that each call tests one bit.
pub(super) const ADMITS_AT_ONCE: u64 = 1 << 4;
/// A success may be counted at the gate.
pub(super) const FAST_PATH: u64 = 1 << 5;
/// A success may be counted without reading a clock, on the counter that all threads share.
/// Derived.
pub(super) const FAST_PATH_SHARED: u64 = 1 << 6;
/// A success may be counted without reading a clock, on the thread's stripe. Derived.
pub(super) const FAST_PATH_STRIPED: u64 = 1 << 7;
/// Every call is rejected: until the deadline, or without end if the state is forced open.
pub(super) const REJECTS: u64 = 1 << 10;
/// Every call is rejected until the deadline, after a question that is asked out of line: whether
/// it is part of a probe, if the circuit is half-open; whether it finds a place in flight, if there
/// is a limit.
pub(super) const REJECTS_OUT_OF_LINE: u64 = 1 << 18;
/// In the entry of a call alone, never at the gate: the call runs in the scope of its breaker.
pub(super) const SCOPED: u64 = 1 << 19;
/// Every call would be rejected, but is admitted and not recorded.
pub(super) const SHADOWS: u64 = 1 << 11;
/// Calls are timed: a rule judges slow calls.
pub(super) const TIMED: u64 = 1 << 12;
/// The fast path ends with the window's present bucket.
pub(super) const BUCKETED: u64 = 1 << 13;
/// The coarse clock is too coarse for the durations in effect.
pub(super) const PRECISE: u64 = 1 << 14;
/// There is a subscriber to calls: they are recorded under the lock.
pub(super) const OBSERVED: u64 = 1 << 15;
/// The breaker is unregistered. The next call takes the lock and registers it again.
pub(super) const UNREGISTERED: u64 = 1 << 16;
/// The breaker has been evicted, or is about to be. The next call looks it up again.
pub(super) const EVICTED: u64 = 1 << 17;
/// Calls are timed, and their durations are counted.
pub(super) const MEASURED: u64 = 1 << 20;
/// The calls in flight are limited: a call asks for a place before it asks the circuit.
pub(super) const LIMITED: u64 = 1 << 21;
/// In the entry of a call alone, never at the gate: the call holds a place among those in flight.
pub(super) const HOLDS_PLACE: u64 = 1 << 22;
/// In the entry of a call alone, never at the gate: the time of the call was stopped.
pub(super) const STOPPED: u64 = 1 << 23;
/// A fleet's overlay rejects calls, or lets some through.
pub(super) const OVERLAID: u64 = 1 << 24;
/// In the entry of a call alone, never at the gate: an overlay has let the call through.
pub(super) const LET_THROUGH: u64 = 1 << 25;
/// In the entry of a call that an overlay has let through, the eight bits from here on are the
/// number of the overlay. They are flags that only the gate's word needs.
pub(super) const OVERLAY_SHIFT: u32 = 4;
/// 38 bits remain for the generation: 8 years if one begins every millisecond, which is the
/// shortest opening and the shortest `probe_timeout`.
pub(super) const GENERATION_SHIFT: u32 = 26;

pub(super) const FLAGS: [(u64, &str); 21] = [
    (ADMITS, "admits"),
    (ADMITS_AT_ONCE, "admits_at_once"),
    (FAST_PATH, "fast_path"),
    (FAST_PATH_SHARED, "fast_path_shared"),
    (FAST_PATH_STRIPED, "fast_path_striped"),
    (REJECTS, "rejects"),
    (REJECTS_OUT_OF_LINE, "rejects_out_of_line"),
    (SHADOWS, "shadows"),
    (TIMED, "timed"),
    (MEASURED, "measured"),
    (BUCKETED, "bucketed"),
    (PRECISE, "precise"),
    (OBSERVED, "observed"),
    (SCOPED, "scoped"),
    (LIMITED, "limited"),
    (HOLDS_PLACE, "holds_place"),
    (STOPPED, "stopped"),
    (OVERLAID, "overlaid"),
    (LET_THROUGH, "let_through"),
    (UNREGISTERED, "unregistered"),
    (EVICTED, "evicted"),
];

/// The flags that let a success pass the gate.
pub(super) const FAST_PATHS: u64 = FAST_PATH | FAST_PATH_SHARED | FAST_PATH_STRIPED;
/// The flags that let a rejection or a success pass the gate, and so without an event.
pub(super) const EVENTLESS: u64 = REJECTS | REJECTS_OUT_OF_LINE | SHADOWS | FAST_PATHS;
/// The flags that let a call or an outcome pass the gate.
pub(super) const PASSES: u64 = ADMITS | ADMITS_AT_ONCE | EVENTLESS;
