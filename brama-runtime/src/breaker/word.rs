//! The gate's word: what the circuit would say, in one number.

use crate::circuit::{Generation, State};

/// What the circuit would say, in one word: generation, flags, state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word(pub(super) u64);

/// The lowest bits are the state's number.
pub(super) const STATE_BITS: u32 = 3;
const STATE: u64 = (1 << STATE_BITS) - 1;
/// Every call passes.
const ADMITS: u64 = 1 << 3;
/// It does so without a look at a clock: one bit, for the path that every call takes.
const ADMITS_AT_ONCE: u64 = 1 << 4;
/// A success may be counted here.
const FAST_PATH: u64 = 1 << 5;
/// It may be so without a look at a clock, likewise: where all threads into_shared a counter.
const FAST_PATH_SHARED: u64 = 1 << 6;
/// The same where each thread has a stripe.
const FAST_PATH_STRIPED: u64 = 1 << 7;
/// A success would settle it: by ending a run of failures, and by nothing else.
const FAILING: u64 = 1 << 8;
/// One has done so since the last publication.
const FAILURES_ENDED: u64 = 1 << 9;
/// Every call is refused: until the deadline, or for good where the state is forced open.
const REJECTS: u64 = 1 << 10;
/// Every call would be refused likewise, but passes unrecorded.
const SHADOWS: u64 = 1 << 11;
/// Calls are timed: slowness is judged.
const TIMED: u64 = 1 << 12;
/// Settled only until the deadline: the end of the window's bucket.
const BUCKETED: u64 = 1 << 13;
/// The coarse clock is too coarse for the lengths in force.
const PRECISE: u64 = 1 << 14;
/// Somebody listens to what calls do: it is synced under the lock.
const HEARD: u64 = 1 << 15;
/// The breaker is unregistered: the next call goes to the lock and revives it.
const UNREGISTERED: u64 = 1 << 16;
/// The breaker has evicted, or is about to: the next call looks it up again.
const EVICTED: u64 = 1 << 17;
/// 46 bits are left for the generation: at a change a millisecond, the shortest opening, 2 000 years.
const GENERATION_SHIFT: u32 = 18;

/// What a success could go by.
const FAST_PATHS: u64 = FAST_PATH | FAST_PATH_SHARED | FAST_PATH_STRIPED;
/// What is left of a word once it is without_fast_path.
pub(super) const NO_FAST_PATH: u64 = !(FAST_PATHS | FAILING | FAILURES_ENDED);
/// What a call could go by.
const LOCK_FREE: u64 = ADMITS | ADMITS_AT_ONCE | REJECTS | SHADOWS | FAST_PATHS | FAILING;

impl Word {
    /// No gate's word: a closed one admits.
    pub(super) const NONE: Self = Self(0);

    pub(super) const fn new(generation: Generation, state: State) -> Self {
        let admits = match state {
            State::Closed | State::Disabled => ADMITS,
            State::Open | State::HalfOpen | State::ForcedOpen => 0,
        };
        Self(generation.number() << GENERATION_SHIFT | admits | state as u64)
    }

    pub(super) const fn rejecting(self, rejects: bool, shadow: bool) -> Self {
        self.with(REJECTS, rejects && !shadow).with(SHADOWS, rejects && shadow)
    }

    pub(super) const fn timing(self, timed: bool, precise: bool) -> Self {
        self.with(TIMED, timed).with(PRECISE, precise)
    }

    pub(super) const fn with_fast_path(self, settled: bool, bucketed: bool) -> Self {
        self.with(FAST_PATH, settled).with(BUCKETED, bucketed)
    }

    pub(super) const fn failing(self, failing: bool) -> Self {
        self.with(FAILING, failing)
    }

    pub(super) const fn with_failures_ended(self, striped: bool) -> Self {
        self.with(FAILING, false)
            .with(FAILURES_ENDED, true)
            .with(FAST_PATH, true)
            .with_fast_path_bits(striped)
    }

    pub(super) const fn hearing(self, heard: bool) -> Self {
        self.with(HEARD, heard)
    }

    /// Shows nothing that a call could go by.
    pub(super) const fn unregistering(self, unregistered: bool) -> Self {
        if unregistered { Self(self.0 & !LOCK_FREE | UNREGISTERED) } else { self }
    }

    /// The same for one that goes.
    pub(super) const fn evicting(self, evicted: bool) -> Self {
        if evicted { Self(self.0 & !LOCK_FREE | EVICTED) } else { self }
    }

    /// Says in one bit each what most calls ask.
    pub(super) const fn with_fast_path_bits(self, striped: bool) -> Self {
        let settled = self.0 & (FAST_PATH | TIMED | BUCKETED) == FAST_PATH;
        self.with(ADMITS_AT_ONCE, self.0 & (ADMITS | TIMED) == ADMITS)
            .with(FAST_PATH_SHARED, settled && !striped)
            .with(FAST_PATH_STRIPED, settled && striped)
            // A call that is timed may be slow, which the circuit has to judge.
            .with(FAILING, self.0 & (FAILING | TIMED) == FAILING)
    }

    const fn with(self, flag: u64, set: bool) -> Self {
        if set { Self(self.0 | flag) } else { Self(self.0 & !flag) }
    }

    const fn has(self, flag: u64) -> bool {
        self.0 & flag != 0
    }

    pub(super) const fn generation(self) -> Generation {
        Generation::new(self.0 >> GENERATION_SHIFT)
    }

    /// Whether both are of one generation.
    pub(super) const fn is_of(self, other: Self) -> bool {
        self.generation().number() == other.generation().number()
    }

    pub(super) const fn state(self) -> State {
        State::at(self.state_number())
    }

    pub(super) const fn state_number(self) -> u64 {
        self.0 & STATE
    }

    #[inline]
    pub(super) const fn admits_at_once(self) -> bool {
        self.has(ADMITS_AT_ONCE)
    }

    pub(super) const fn admits(self) -> bool {
        self.has(ADMITS)
    }

    pub(super) const fn rejects(self) -> bool {
        self.has(REJECTS)
    }

    pub(super) const fn shadows(self) -> bool {
        self.has(SHADOWS)
    }

    #[inline]
    pub(super) const fn has_shared_fast_path(self) -> bool {
        self.has(FAST_PATH_SHARED)
    }

    #[inline]
    pub(super) const fn has_striped_fast_path(self) -> bool {
        self.has(FAST_PATH_STRIPED)
    }

    /// The same with nothing that a success could go by.
    pub(super) const fn without_fast_path(self) -> Self {
        Self(self.0 & NO_FAST_PATH)
    }

    pub(super) const fn has_fast_path(self) -> bool {
        self.has(FAST_PATH)
    }

    /// Whether successes of a closed circuit were sent to the lock.
    pub(super) const fn is_closed_without_fast_path(self) -> bool {
        matches!(self.state(), State::Closed) && !self.has_fast_path()
    }

    pub(super) const fn is_failing(self) -> bool {
        self.has(FAILING)
    }

    /// Whether a success has ended a run of failures since the last publication.
    pub(super) const fn has_ended_failures(self) -> bool {
        self.has(FAILURES_ENDED)
    }

    /// Whether a success may be counted here by the coarse clock alone: until the end of the window's
    /// bucket.
    pub(super) const fn has_fast_path_in_bucket(self) -> bool {
        self.0 & (FAST_PATH | BUCKETED | TIMED | PRECISE) == FAST_PATH | BUCKETED
    }

    pub(super) const fn is_heard(self) -> bool {
        self.has(HEARD)
    }

    pub(super) const fn is_timed(self) -> bool {
        self.has(TIMED)
    }

    pub(super) const fn is_bucketed(self) -> bool {
        self.has(BUCKETED)
    }

    pub(super) const fn is_precise(self) -> bool {
        self.has(PRECISE)
    }

    pub(super) const fn is_unregistered(self) -> bool {
        self.has(UNREGISTERED)
    }

    pub(super) const fn is_evicted(self) -> bool {
        self.has(EVICTED)
    }
}
