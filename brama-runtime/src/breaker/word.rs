//! The gate's word: what the circuit would answer, in one number.

use std::{fmt, time::Duration};

use super::flags::{
    ADMITS, ADMITS_AT_ONCE, BUCKETED, EVENTLESS, EVICTED, FAST_PATH, FAST_PATH_SHARED,
    FAST_PATH_STRIPED, FAST_PATHS, FLAGS, GENERATION_SHIFT, LIMITED, MEASURED, OBSERVED, PASSES,
    PRECISE, REJECTS, REJECTS_OUT_OF_LINE, SHADOWS, STATE, TIMED, UNREGISTERED,
};
use crate::circuit::{Circuit, Generation, Policy, State, Tick};

/// What the circuit would answer: generation, flags and state in one word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Word(pub(super) u64);

impl Word {
    /// The word for a circuit under a policy.
    #[inline]
    pub(super) fn of(circuit: &Circuit, policy: &Policy) -> Self {
        let (state, limited) = (circuit.state(), is_limited(circuit, policy));
        let rejection = match circuit.rejects_until(policy) {
            None => 0,
            Some(_) if policy.shadow() => SHADOWS,
            Some(_) if state == State::HalfOpen || limited => REJECTS_OUT_OF_LINE,
            Some(_) => REJECTS,
        };
        let word = Self::new(circuit.generation(), state)
            .with(rejection, true)
            .with(TIMED, policy.slow_call_rate().is_some())
            .with(MEASURED, policy.durations())
            .with(LIMITED, limited)
            .with(PRECISE, needs_precise_clock(policy));
        match state {
            State::Closed | State::Disabled => word
                .with(
                    FAST_PATH,
                    circuit.is_settled(policy) || circuit.is_settled_by_success(policy),
                )
                .with(BUCKETED, circuit.settled_until() != Tick::NEVER),
            State::Open | State::HalfOpen | State::ForcedOpen => word,
        }
    }

    const fn new(generation: Generation, state: State) -> Self {
        let admits = match state {
            State::Closed | State::Disabled => ADMITS,
            State::Open | State::HalfOpen | State::ForcedOpen => 0,
        };
        Self(generation.number() << GENERATION_SHIFT | admits | state as u64)
    }

    /// Sends calls to the lock instead of rejecting them: the opening is held back.
    pub(super) const fn held_back(self) -> Self {
        self.with(REJECTS | REJECTS_OUT_OF_LINE, false)
    }

    /// Sends outcomes and rejections to the lock, because their events are sent under it.
    pub(super) const fn observed(self) -> Self {
        Self(self.0 & !EVENTLESS | OBSERVED)
    }

    /// Lets no call pass the gate: the breaker is unregistered.
    pub(super) const fn unregistered(self) -> Self {
        Self(self.0 & !PASSES | UNREGISTERED)
    }

    /// Lets no call pass the gate: the breaker is evicted.
    pub(super) const fn evicted(self) -> Self {
        Self(self.0 & !PASSES | EVICTED)
    }

    /// Derives, one bit each, the answers that hot paths need.
    pub(super) const fn with_derived_bits(self, striped: bool) -> Self {
        let fast = self.0 & (FAST_PATH | TIMED | MEASURED | BUCKETED) == FAST_PATH;
        let limited = self.has(LIMITED);
        self.with(ADMITS_AT_ONCE, self.admits_untimed() && !limited)
            .with(FAST_PATH_SHARED, fast && !striped && !limited)
            .with(FAST_PATH_STRIPED, fast && (striped || limited))
    }

    pub(super) const fn without_fast_path(self) -> Self {
        Self(self.0 & !FAST_PATHS)
    }

    pub(super) const fn with(self, flags: u64, set: bool) -> Self {
        if set { Self(self.0 | flags) } else { Self(self.0 & !flags) }
    }

    pub(super) const fn has(self, flag: u64) -> bool {
        self.0 & flag != 0
    }

    pub(super) const fn generation(self) -> Generation {
        Generation::new(self.0 >> GENERATION_SHIFT)
    }

    /// Whether both words belong to one generation.
    pub(super) const fn is_of_generation_of(self, other: Self) -> bool {
        self.0 >> GENERATION_SHIFT == other.0 >> GENERATION_SHIFT
    }

    pub(super) const fn state(self) -> State {
        State::at(self.state_place())
    }

    pub(super) const fn state_place(self) -> u64 {
        self.0 & STATE
    }

    #[inline]
    pub(super) const fn admits_at_once(self) -> bool {
        self.has(ADMITS_AT_ONCE)
    }

    /// Whether every call is admitted that finds a place, without reading a clock.
    pub(super) const fn admits_untimed(self) -> bool {
        self.0 & (ADMITS | TIMED | MEASURED) == ADMITS
    }

    #[inline]
    pub(super) const fn admits(self) -> bool {
        self.has(ADMITS)
    }

    pub(super) const fn rejects(self) -> bool {
        self.has(REJECTS)
    }

    /// Whether the calls in flight are limited.
    pub(super) const fn is_limited(self) -> bool {
        self.has(LIMITED)
    }

    pub(super) const fn rejects_out_of_line(self) -> bool {
        self.has(REJECTS_OUT_OF_LINE)
    }

    /// Whether the circuit is half-open. A call that is admitted then is a probe, or runs in a
    /// ramp.
    pub(super) const fn is_half_open(self) -> bool {
        self.0 & STATE == State::HalfOpen as u64
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

    pub(super) const fn has_fast_path(self) -> bool {
        self.has(FAST_PATH)
    }

    /// Whether the coarse clock alone decides that a success may be counted at the gate: until the
    /// window's present bucket ends.
    pub(super) const fn has_fast_path_in_bucket(self) -> bool {
        self.0 & (FAST_PATH | BUCKETED | TIMED | MEASURED | PRECISE) == FAST_PATH | BUCKETED
    }

    /// Whether the circuit is closed and its successes go to the lock.
    pub(super) const fn is_closed_without_fast_path(self) -> bool {
        self.0 & (STATE | FAST_PATH) == State::Closed as u64
    }

    /// Whether a failure that changes only the run and the window of a closed circuit leaves this
    /// word as it is.
    pub(super) const fn absorbs_failures(self) -> bool {
        self.0 & (STATE | FAST_PATH) == State::Closed as u64 | FAST_PATH
    }

    pub(super) const fn is_observed(self) -> bool {
        self.has(OBSERVED)
    }

    /// Whether a rule judges how long calls take.
    pub(super) const fn is_timed(self) -> bool {
        self.has(TIMED)
    }

    /// Whether durations of calls are counted.
    #[inline]
    pub(super) const fn is_measured(self) -> bool {
        self.has(MEASURED)
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

/// `closed, generation 3: admits, fast_path`
impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, generation {}", self.state(), self.generation())?;
        let mut separator = ": ";
        for (_, name) in FLAGS.iter().filter(|(flag, _)| self.has(*flag)) {
            write!(f, "{separator}{name}")?;
            separator = ", ";
        }
        Ok(())
    }
}

/// A disabled breaker admits every call.
fn is_limited(circuit: &Circuit, policy: &Policy) -> bool {
    policy.concurrency_limit().is_some() && circuit.state() != State::Disabled
}

/// Whether a duration in effect is too short for the coarse clock.
fn needs_precise_clock(policy: &Policy) -> bool {
    if policy.durations() {
        return true;
    }
    if !policy.has_window_rule() {
        return false;
    }
    let slow = policy.slow_call_rate().map(|_| policy.slow_call_duration());
    slow.into_iter().chain(policy.window().length()).any(|it| it < Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::{Action, PolicyPatch, Verdict, Window};

    fn word(circuit: &Circuit, patch: PolicyPatch) -> String {
        let word = Word::of(circuit, &patch.policy().expect("valid"));
        format!("{:?}", word.with_derived_bits(false))
    }

    #[test]
    fn a_word_prints_its_state_its_generation_and_its_flags_by_name() {
        let (mut circuit, policy) = (Circuit::new(0), Policy::default());
        let plain = PolicyPatch::new();
        let closed = "closed, generation 0: admits, admits_at_once, fast_path, fast_path_shared";
        assert_eq!(word(&circuit, plain), closed);
        circuit.record_unpermitted(&policy, Verdict::failure("refused"), Tick::ORIGIN);
        assert_eq!(word(&circuit, plain), closed);
        circuit.act(&policy, Action::ForceOpen, "test".into(), Tick::ORIGIN);
        assert_eq!(word(&circuit, plain), "force_open, generation 1: rejects");
        assert_eq!(word(&circuit, plain.shadow(true)), "force_open, generation 1: shadows");
    }

    #[test]
    fn a_rule_over_a_short_time_times_calls_or_needs_the_precise_clock() {
        let circuit = Circuit::new(0);
        let short = Window::time(Duration::from_millis(10));
        let slow = PolicyPatch::new().slow_call_rate(50);
        assert!(word(&circuit, slow).contains("timed"));
        assert!(!word(&circuit, slow).contains("precise"));
        assert!(word(&circuit, slow.window(short)).contains("precise"));
        let count = PolicyPatch::new().failure_count(3);
        assert!(word(&circuit, count.window(short)).contains("precise"));
        assert!(!word(&circuit, count).contains("precise"));
        assert!(!word(&circuit, PolicyPatch::new().window(short)).contains("precise"));
    }
}
