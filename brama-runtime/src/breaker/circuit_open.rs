//! The error of a call that was rejected.

use std::{cell::Cell, error::Error, fmt, io, sync::Arc, time::Duration};

use super::{opening::Opening, rejection::Rejection, slot::SharedSlot};
use crate::{
    circuit::{Cause, State},
    duration::Rounded,
    identity::Identity,
    logs,
};

/// The error of a rejected call: its circuit is open, forced open, or half-open without a free
/// place for a probe; or a ramp does not admit the call yet; or as many calls as
/// `concurrency_limit` are in flight.
///
/// It holds the breaker's identity, the state, and when to retry; its [`source`](Error::source)
/// gives the cause. Creating, cloning and returning it allocates nothing, because the cause is
/// looked up on demand. The breaker is not evicted while a `CircuitOpen` refers to it.
#[derive(Clone)]
pub struct CircuitOpen(Opening);

thread_local! {
    /// How many calls were rejected on this thread.
    static REJECTIONS: Cell<u32> = const { Cell::new(0) };
}

/// Runs `run`. Returns its result, and whether a breaker has rejected a call on this thread
/// meanwhile.
pub fn watch_rejections<R>(run: impl FnOnce() -> R) -> (R, bool) {
    let before = REJECTIONS.get();
    let result = run();
    (result, REJECTIONS.get() != before)
}

impl CircuitOpen {
    pub(super) const fn new(slot: SharedSlot, rejection: Rejection) -> Self {
        Self(Opening { slot, rejection })
    }

    /// The error of a call that was just rejected, which is logged.
    #[inline]
    pub(super) fn logged(slot: SharedSlot, rejection: Rejection) -> Self {
        let open = Self::new(slot, rejection);
        REJECTIONS.set(REJECTIONS.get().wrapping_add(1));
        if logs::is_listening() {
            open.log();
        }
        open
    }

    /// Shows the rejection to the log and to the current span.
    #[cold]
    fn log(&self) {
        logs::note_outcome(&*self.0.slot, || "rejected");
        if let Some(saturation) = self.0.rejection.saturation() {
            return self.0.slot.log_saturated(self, saturation);
        }
        if self.is_overlaid() {
            return self.0.slot.log_overlaid(self);
        }
        let log = &self.0.slot.gate.published().log;
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
    /// `None` if that is unknown: the circuit was forced open, it was half-open and a probe was in
    /// flight, or too many calls were in flight. During a ramp, it is what is left of the ramp, at
    /// most 1 s.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after()
    }

    /// Returns the value for a header `Retry-After`: the [`retry_after`](Self::retry_after) in
    /// seconds, rounded up, at least 1; `None` if it is unknown. If the places for probes are
    /// taken, it is 1, since a probe is about to decide. If too many calls were in flight, it is
    /// `None` in every state.
    #[must_use]
    pub const fn retry_after_secs(&self) -> Option<u64> {
        self.0.retry_after_secs()
    }

    /// Returns the number of the opening, as status and events show it. The first opening of a
    /// breaker is 1.
    #[must_use]
    pub const fn opening(&self) -> u64 {
        self.0.number()
    }

    /// Returns whether the call was rejected because as many calls as `concurrency_limit` were in
    /// flight, whatever the state.
    #[must_use]
    pub const fn is_saturated(&self) -> bool {
        self.0.is_saturated()
    }

    /// Returns whether an overlay of a fleet rejected the call, whatever the state.
    #[must_use]
    pub const fn is_overlaid(&self) -> bool {
        self.0.is_overlaid()
    }

    /// Returns why the circuit opened, or `None` if it has opened at least four times since then or
    /// was unregistered.
    ///
    /// If too many calls were in flight, the rule of the cause is [`Saturated`], with the number of
    /// calls and the limit that the rejected call saw. If an overlay rejected the call, the rule is
    /// [`Overlay`], and the cause names who laid it until it is replaced or lifted, or a call comes
    /// after its end.
    ///
    /// [`Saturated`]: crate::circuit::Rule::Saturated
    /// [`Overlay`]: crate::circuit::Rule::Overlay
    #[must_use]
    pub fn cause(&self) -> Option<Arc<Cause>> {
        self.0.cause()
    }

    /// Returns whether there is a rejection in an error or in its chain of sources.
    ///
    /// [`find_in`](Self::find_in) describes the search.
    #[must_use]
    pub fn is_in(error: &(dyn Error + 'static)) -> bool {
        Self::find_in(error).is_some()
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

/// The rejection that [`CircuitOpen::find_in`] has found, for the answers of servers.
impl From<&Opening> for CircuitOpen {
    fn from(opening: &Opening) -> Self {
        Self(opening.clone())
    }
}

/// `payment_api is open, next attempt in 48 s`, or `payment_api has too many calls in flight`
impl fmt::Display for CircuitOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_saturated() {
            return write!(f, "{} has too many calls in flight", self.identity());
        }
        write!(f, "{} is {}", self.identity(), self.state().in_words())?;
        if self.is_overlaid() {
            match self.0.overlaid_by() {
                Some(by) => write!(f, " ({by})")?,
                None => f.write_str(" (by an overlay)")?,
            }
        }
        match (self.retry_after(), self.state()) {
            (Some(retry_after), _) => write!(f, ", next attempt in {}", Rounded(retry_after)),
            (None, State::HalfOpen) => f.write_str(" and a probe is in flight"),
            (None, State::Closed | State::Open | State::ForcedOpen | State::Disabled) => {
                f.write_str(" until it is closed by hand")
            }
        }
    }
}

impl fmt::Debug for CircuitOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.debug("CircuitOpen", f)
    }
}

impl Error for CircuitOpen {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

/// Equal if the breaker, the opening, the state, the overlay and whether it was saturated are
/// equal; the remaining time may differ.
impl PartialEq for CircuitOpen {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
            && self.opening() == other.opening()
            && self.state() == other.state()
            && self.is_saturated() == other.is_saturated()
            && self.0.rejection.overlay() == other.0.rejection.overlay()
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
