//! What a caller gets whose call was not let through.

use std::{error::Error, fmt, io, num::NonZeroU64, ops::Deref, sync::Arc, time::Duration};

use super::{
    locked::Opened,
    slot::Slot,
    word::{STATE_BITS, Word},
};
use crate::{
    circuit::{Cause, Lasting, State, nanos},
    duration::Rounded,
    identity::Identity,
};

/// The call was refused: its circuit is open, forced open, or half-open with no place for a probe.
///
/// It says which breaker, in which state, and when to come back; [`source`](Error::source) says
/// why. Making, cloning and passing it on allocates nothing; the cause is looked up when asked.
#[derive(Clone)]
pub struct CircuitOpen(Opening);

/// A rejection seen as a source: why the circuit was open when it refused a call.
///
/// A transparent wrapper context a `CircuitOpen` shows this as its source, so a chain of errors still
/// tells that it began with a rejection: see [`CircuitOpen::find_in`].
#[derive(Clone)]
pub struct Opening {
    slot: SharedSlot,
    rejection: Rejection,
}

/// A slot held for as long as somebody needs it.
#[derive(Debug, Clone)]
pub enum SharedSlot {
    /// By a call site, which is never evicted.
    Static(&'static Slot),
    /// By reference count.
    Counted(Arc<Slot>),
}

impl CircuitOpen {
    pub(super) const fn new(slot: SharedSlot, rejection: Rejection) -> Self {
        Self(Opening { slot, rejection })
    }

    /// The breaker that refused.
    #[must_use]
    pub fn identity(&self) -> &Identity<'static> {
        self.0.slot.identity()
    }

    /// The state in which it refused.
    #[must_use]
    pub const fn state(&self) -> State {
        self.0.state()
    }

    /// How long until asking again makes sense; `None` where the circuit is forced open.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after()
    }

    /// The number of the opening, which status and logs into_shared: the breaker's first is 1.
    #[must_use]
    pub const fn opening(&self) -> u64 {
        self.0.number()
    }

    /// Why the circuit opened; `None` where that is more than four openings ago.
    #[must_use]
    pub fn cause(&self) -> Option<Arc<Cause>> {
        self.0.cause()
    }

    /// Finds a rejection in an error or in what it was made from.
    ///
    /// Answers with the [`Opening`], which a transparent wrapper shows where it hides the
    /// `CircuitOpen` itself.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{CircuitOpen, Registry};
    ///
    /// let breaker = Registry::new().breaker("payment_api");
    /// breaker.force_open("maintenance");
    /// let refused = breaker.try_acquire().expect_err("it is forced open");
    ///
    /// let wrapped = std::io::Error::from(refused);
    /// assert!(CircuitOpen::find_in(&wrapped).is_some());
    /// assert!(CircuitOpen::find_in(&std::io::Error::other("refused")).is_none());
    /// ```
    #[must_use]
    pub fn find_in<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Opening> {
        let chain = std::iter::successors(Some(error), |&error| error.source());
        chain.take(LONGEST_CHAIN).find_map(|error| {
            let refused = error.downcast_ref::<Self>().map(|refused| &refused.0);
            refused.or_else(|| error.downcast_ref::<Opening>())
        })
    }
}

impl Opening {
    fn debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("identity", &self.identity().to_string())
            .field("state", &self.state())
            .field("opening", &self.number())
            .field("retry_after", &self.retry_after())
            .finish()
    }

    /// The breaker that refused.
    #[must_use]
    pub fn identity(&self) -> &Identity<'static> {
        self.slot.identity()
    }

    /// The number of the opening, which status and logs into_shared: the breaker's first is 1.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.rejection.number()
    }

    /// The state in which the call was refused.
    #[must_use]
    pub const fn state(&self) -> State {
        self.rejection.state()
    }

    /// How long until asking again made sense; `None` where the circuit was forced open.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.rejection.retry_after()
    }

    /// Why the circuit opened; `None` where that is more than four openings ago.
    #[must_use]
    pub fn cause(&self) -> Option<Arc<Cause>> {
        self.slot.opened(self.number()).map(|opened| opened.cause)
    }
}

/// `payment_api is open, next attempt in 48 s`
impl fmt::Display for CircuitOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}", self.identity(), self.state().in_words())?;
        match self.retry_after() {
            Some(retry_after) => write!(f, ", next attempt in {}", Rounded(retry_after)),
            None => f.write_str(" until somebody acts"),
        }
    }
}

/// `opened 12 s ago: 10 failures in a row reached failure_threshold 10; last: connection refused`
///
/// Where its length is not simply the policy's fixed `expiry`, that and why stands after the age:
/// `opened 12 s ago for 20 s (progressive, opening 3 in a row): …`.
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

/// The same breaker, opening and state; the time left may differ.
impl PartialEq for CircuitOpen {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
            && self.opening() == other.opening()
            && self.state() == other.state()
    }
}

/// Of the kind `Other`; the `CircuitOpen` stands locked.
impl From<CircuitOpen> for io::Error {
    fn from(open: CircuitOpen) -> Self {
        Self::other(open)
    }
}

/// A call did not succeed: it was refused, or it ran and failed.
#[derive(Debug, Clone, PartialEq)]
pub enum CallError<E> {
    /// It was refused and did not run.
    Rejected(CircuitOpen),
    /// It ran and answered with this.
    Failed(E),
}

impl<E> From<CircuitOpen> for CallError<E> {
    fn from(open: CircuitOpen) -> Self {
        Self::Rejected(open)
    }
}

impl<E: fmt::Display> fmt::Display for CallError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(open) => open.fmt(f),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

/// Transparent: the source is that of the rejection or of the error.
impl<E: Error> Error for CallError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Rejected(open) => open.source(),
            Self::Failed(error) => error.source(),
        }
    }
}

impl Deref for SharedSlot {
    type Target = Slot;

    fn deref(&self) -> &Slot {
        match self {
            Self::Static(slot) => slot,
            Self::Counted(slot) => slot,
        }
    }
}

/// An error may be its own source by mistake; no honest chain is so long.
const LONGEST_CHAIN: usize = 64;

const _: () = assert!(size_of::<CircuitOpen>() == 32, "a rejection stays small");

/// Which opening refused, in which state, and for how long: two words, for rejecting must be quick.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rejection {
    /// The opening's number and, in the lowest three bits, the state's.
    number_and_state: u64,
    /// Nanoseconds; [`UNKNOWN_WAIT`] where only an action helps.
    retry_after: u64,
}

impl Rejection {
    /// What the gate says whose word that is.
    pub(super) const fn at_gate(word: Word, opening: u64, retry_after: NonZeroU64) -> Self {
        let number_and_state = opening << STATE_BITS | word.state_number();
        Self { number_and_state, retry_after: retry_after.get() }
    }

    /// What the circuit says.
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

/// So long that no clock comes to its end.
pub(super) const UNKNOWN_WAIT: NonZeroU64 = NonZeroU64::MAX;
