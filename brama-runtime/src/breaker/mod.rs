//! The breaker: a handle on one circuit, which sits behind a lock with a gate in front.

mod admit;
mod by_hand;
mod call;
mod call_error;
mod circuit_open;
mod concurrency_limit;
mod context;
mod entry;
mod evict;
mod flags;
mod gate;
mod in_flight;
mod lifecycle;
mod locked;
#[cfg(all(test, brama_loom))]
mod models;
mod nested;
mod open_share;
mod panic_guard;
mod pending_events;
mod permit;
mod raw_permit;
mod reconfigure;
mod record;
mod rejection;
mod result;
mod series;
mod slot;
mod snapshot;
mod step;
mod stopped_time;
mod timing;
mod wait;
mod waiters;
mod watched;
mod watched_stream;
#[cfg(all(test, not(brama_loom)))]
mod weight;
mod word;

use std::{fmt, sync::Arc};

#[cfg(test)]
pub(crate) use self::slot::REPUBLISHED;
pub use self::{
    call_error::CallError,
    circuit_open::{CircuitOpen, Opening},
    permit::Permit,
    result::{FailureReason, OfBox, OfError, of, of_error},
    wait::Ready,
    watched::WatchedFuture,
    watched_stream::{JudgedAt, WatchedStream},
};
pub(crate) use self::{
    context::RegistryContext,
    evict::{Evicted, Idle},
    open_share::OpenShare,
    panic_guard::{DeferredSuccess, PanicGuard},
    pending_events::Timestamp,
    raw_permit::{RawPermit, SlotRef},
    reconfigure::Deadlines,
    record::PassMeaning,
    result::is_rejection,
    slot::{SharedSlot, Slot},
    watched_stream::StreamCall,
};
use crate::{
    circuit::{InvalidPolicy, PolicyPatch, Reason, State, Verdict},
    identity::Identity,
    status::Status,
};

/// A handle on one breaker. It is cheap to clone and can be shared between threads.
///
/// All handles of one identity in a registry share one circuit. A breaker is never evicted while a
/// handle refers to it.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{CallError, Registry, State};
///
/// let registry = Registry::new();
/// let breaker = registry.breaker("payment_api");
/// let answer = breaker.call(|| "17".parse::<u32>());
/// assert_eq!(answer, Ok(17));
///
/// breaker.open("the provider announced an outage");
/// let answer = breaker.call(|| "17".parse::<u32>());
/// assert!(matches!(answer, Err(CallError::Rejected(_))));
/// assert_eq!(breaker.state(), State::Open);
/// ```
#[derive(Clone)]
pub struct Breaker {
    pub(crate) slot: Arc<Slot>,
}

impl Breaker {
    pub(crate) const fn new(slot: Arc<Slot>) -> Self {
        Self { slot }
    }

    /// Returns the identity of this breaker.
    #[must_use]
    pub fn identity(&self) -> &Identity<'static> {
        self.slot.identity()
    }

    /// Acquires the right to one call, whose outcome the caller reports by hand.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] if the call is rejected.
    pub fn try_acquire(&self) -> Result<Permit, CircuitOpen> {
        self.clone().acquire()
    }

    /// As [`try_acquire`](Self::try_acquire), for a handle that is not needed any more: the permit
    /// takes it over.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] if the call is rejected.
    #[inline]
    pub fn acquire(self) -> Result<Permit, CircuitOpen> {
        Permit::acquire(SharedSlot::Counted(self.slot))
    }

    /// Reports a success without a permit.
    ///
    /// While the circuit is closed or half-open, the success counts like a permit's, but it is
    /// never slow and gives back no probe's place. Once an opening is over, the circuit becomes
    /// half-open first, and the success counts there. Before that, it counts only in the totals.
    pub fn success(&self) {
        self.slot.record_without_permit(Verdict::SUCCESS);
    }

    /// Reports a failure without a permit. [`success`](Self::success) describes when such a report
    /// counts.
    ///
    /// The reason is a text, a reference to an error, or `()` for none.
    pub fn failure(&self, reason: impl Into<Reason>) {
        self.slot.record_without_permit(Verdict::failure(reason));
    }

    /// Returns whether a call would be admitted now. It changes and reserves nothing. During a
    /// `ramp` it is true, although the ramp rejects a share of the calls.
    #[must_use]
    pub fn is_available(&self) -> bool {
        self.slot.is_available()
    }

    /// Returns the recorded state. An opening whose deadline has passed still reads [`State::Open`]
    /// until the next call, report or cleanup.
    #[must_use]
    pub fn state(&self) -> State {
        self.slot.state()
    }

    /// Returns everything that is known about this breaker now.
    #[must_use]
    pub fn status(&self) -> Status {
        self.slot.status()
    }

    /// Changes settings of this breaker. If its identity has no key, the change also applies to all
    /// keys of its identifier. See [`Registry::configure`](crate::registry::Registry::configure).
    ///
    /// # Errors
    ///
    /// [`InvalidPolicy`] if a value is outside its limits, by itself or together with the settings
    /// that were configured before. Nothing is changed then.
    pub fn configure(&self, patch: PolicyPatch) -> Result<(), InvalidPolicy> {
        self.slot.configure(patch)
    }
}

impl fmt::Debug for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.slot.fmt(f)
    }
}
