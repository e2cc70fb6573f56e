//! The error of a call that was rejected.

use std::{error::Error, fmt, io, num::NonZeroU64, sync::Arc, time::Duration};

use super::{flags::STATE_BITS, locked::Opened, slot::SharedSlot, word::Word};
use crate::{
    circuit::{Cause, Lasting, State, nanos},
    duration::Rounded,
    identity::Identity,
    logs,
};

/// The error of a rejected call: its circuit is open, forced open, or half-open without a free
/// place for a probe; or a ramp does not admit the call yet.
///
/// It holds the breaker's identity, the state, and when to retry; its [`source`](Error::source)
/// gives the cause. Creating, cloning and returning it allocates nothing, because the cause is
/// looked up on demand. The breaker is not evicted while a `CircuitOpen` refers to it.
#[derive(Clone)]
pub struct CircuitOpen(Opening);

/// The source of a [`CircuitOpen`]: why the circuit was open when it rejected a call.
///
/// A transparent wrapper around a `CircuitOpen` returns this as its source. A chain of errors
/// therefore still shows that it began with a rejection: see [`CircuitOpen::find_in`].
#[derive(Clone)]
pub struct Opening {
    slot: SharedSlot,
    rejection: Rejection,
}

impl CircuitOpen {
    pub(super) const fn new(slot: SharedSlot, rejection: Rejection) -> Self {
        Self(Opening { slot, rejection })
    }

    /// Shows the rejection to the log and to the current span.
    pub(super) fn log(&self) {
        logs::note_outcome(&*self.0.slot, || "rejected");
        let log = &self.0.slot.log;
        log.add(self.identity(), self.state(), self.opening(), self.retry_after(), self);
    }

    /// Returns the identity of the breaker that rejected the call.
    #[must_use]
    pub fn identity(&self) -> &Identity<'static> {
        self.0.slot.identity()
    }

    /// Returns the state in which the call was rejected.
    #[must_use]
    pub const fn state(&self) -> State {
        self.0.state()
    }

    /// Returns the duration after which a retry makes sense: what is left of the opening, and never
    /// more than its length.
    ///
    /// `None` if that is unknown: the circuit was forced open, or it was half-open and a probe was
    /// in flight. During a ramp, it is what is left of the ramp, at most 1 s.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after()
    }

    /// Returns the number of the opening, as status and events show it. The first opening of a
    /// breaker is 1.
    #[must_use]
    pub const fn opening(&self) -> u64 {
        self.0.number()
    }

    /// Returns why the circuit opened, or `None` if it has opened at least four times since then or
    /// was unregistered.
    #[must_use]
    pub fn cause(&self) -> Option<Arc<Cause>> {
        self.0.cause()
    }

    /// Finds a rejection in an error or in its chain of sources.
    ///
    /// Returns the [`Opening`], because a transparent wrapper shows it even if the wrapper hides
    /// the `CircuitOpen` itself. At most 64 sources are searched.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{CircuitOpen, Registry};
    ///
    /// let breaker = Registry::new().breaker("payment_api");
    /// breaker.force_open("maintenance");
    /// let rejected = breaker.try_acquire().expect_err("it is forced open");
    ///
    /// let wrapped = std::io::Error::from(rejected);
    /// assert!(CircuitOpen::find_in(&wrapped).is_some());
    /// assert!(CircuitOpen::find_in(&std::io::Error::other("refused")).is_none());
    /// ```
    #[must_use]
    pub fn find_in<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Opening> {
        let chain = std::iter::successors(Some(error), |&error| error.source());
        chain.take(LONGEST_CHAIN).find_map(|error| {
            let rejected = error.downcast_ref::<Self>().map(|rejected| &rejected.0);
            rejected.or_else(|| error.downcast_ref::<Opening>())
        })
    }
}

impl Opening {
    fn debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("identity", self.identity())
            .field("state", &self.state())
            .field("opening", &self.number())
            .field("retry_after", &self.retry_after())
            .finish()
    }

    /// Returns the identity of the breaker that rejected the call.
    #[must_use]
    pub fn identity(&self) -> &Identity<'static> {
        self.slot.identity()
    }

    /// Returns the number of the opening, as status and events show it. The first opening of a
    /// breaker is 1.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.rejection.number()
    }

    /// Returns the state in which the call was rejected.
    #[must_use]
    pub const fn state(&self) -> State {
        self.rejection.state()
    }

    /// Returns the duration after which a retry made sense; `None` if that was unknown (see
    /// [`CircuitOpen::retry_after`]).
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.rejection.retry_after()
    }

    /// Returns why the circuit opened, or `None` if it has opened at least four times since then or
    /// was unregistered.
    #[must_use]
    pub fn cause(&self) -> Option<Arc<Cause>> {
        self.slot.opened(self.number()).map(|opened| opened.cause)
    }
}

/// `payment_api is open, next attempt in 48 s`
impl fmt::Display for CircuitOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}", self.identity(), self.state().in_words())?;
        match (self.retry_after(), self.state()) {
            (Some(retry_after), _) => write!(f, ", next attempt in {}", Rounded(retry_after)),
            (None, State::HalfOpen) => f.write_str(" and a probe is in flight"),
            (None, State::Closed | State::Open | State::ForcedOpen | State::Disabled) => {
                f.write_str(" until it is closed by hand")
            }
        }
    }
}

/// `opened 12 s ago: 10 failures in a row reached failure_threshold 10; last: connection refused`
///
/// If the opening does not simply last for the fixed `expiry` of the policy, its duration and the
/// reason follow the age: `opened 12 s ago for 20 s (progressive, opening 3 in a row): …`.
impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.slot.opened(self.number()) {
            Some(Opened { at, cause, .. }) => {
                let ago = self.slot.time_now().since(at);
                write!(f, "opened {} ago{}: {cause}", Rounded(ago), Lasting(&cause))
            }
            None => f.write_str("opened several openings ago"),
        }
    }
}

impl fmt::Debug for CircuitOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.debug("CircuitOpen", f)
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.debug("Opening", f)
    }
}

impl Error for CircuitOpen {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

impl Error for Opening {}

/// Equal if the breaker, the opening and the state are equal; the remaining time may differ.
impl PartialEq for CircuitOpen {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
            && self.opening() == other.opening()
            && self.state() == other.state()
    }
}

/// An error of the kind [`Other`](io::ErrorKind::Other) that contains the `CircuitOpen`.
impl From<CircuitOpen> for io::Error {
    fn from(open: CircuitOpen) -> Self {
        Self::other(open)
    }
}

/// An error may be its own source by mistake; a correct chain is never so long.
const LONGEST_CHAIN: usize = 64;

const _: () = assert!(size_of::<CircuitOpen>() == 32, "a rejection stays small");

/// A rejection as the gate or the circuit gives it: opening, state and remaining time. It is two
/// words long, because rejecting has to be fast.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rejection {
    /// The opening's number and, in the lowest three bits, the state's number.
    number_and_state: u64,
    /// Nanoseconds; [`UNKNOWN_WAIT`] if it is not known when a call may run.
    retry_after: u64,
}

impl Rejection {
    /// The rejection that the gate gives with `word`.
    pub(super) const fn at_gate(word: Word, opening: u64, retry_after: NonZeroU64) -> Self {
        let number_and_state = opening << STATE_BITS | word.state_place();
        Self { number_and_state, retry_after: retry_after.get() }
    }

    /// The rejection that the circuit gives under the lock.
    pub(super) fn of_circuit(state: State, opening: u64, retry_after: Option<Duration>) -> Self {
        let number_and_state = opening << STATE_BITS | state as u64;
        Self { number_and_state, retry_after: retry_after.map_or(UNKNOWN_WAIT.get(), nanos) }
    }

    pub(super) const fn number(self) -> u64 {
        self.number_and_state >> STATE_BITS
    }

    pub(super) const fn state(self) -> State {
        State::at(self.number_and_state & ((1 << STATE_BITS) - 1))
    }

    pub(super) const fn retry_after(self) -> Option<Duration> {
        if self.retry_after == UNKNOWN_WAIT.get() {
            return None;
        }
        Some(Duration::from_nanos(self.retry_after))
    }
}

/// Longer than any clock runs: 584 years.
pub(super) const UNKNOWN_WAIT: NonZeroU64 = NonZeroU64::MAX;
