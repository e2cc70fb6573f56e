//! The breaker: a handle on one circuit, which sits behind a lock with a gate in front.

mod absorb;
mod admit;
mod by_hand;
mod call_error;
mod circuit_open;
mod concurrency_limit;
mod context;
mod entry;
mod evict;
mod extras;
mod flags;
mod gate;
mod in_flight;
mod keyed_slot;
mod lifecycle;
mod locked;
#[cfg(all(test, brama_loom))]
mod models;
mod nested;
mod open_share;
mod opening;
mod overlaid;
mod panic_guard;
mod pending_events;
mod permit;
mod published;
mod rare_state;
mod raw_permit;
mod reconfigure;
mod record;
mod rejection;
mod report;
mod result;
mod series;
mod slot;
mod snapshot;
mod static_slot;
mod step;
mod stopped_time;
mod timing;
mod turnstile;
mod wait;
mod waiters;
mod watched;
mod watched_stream;
#[cfg(all(test, not(brama_loom)))]
mod weight;
mod whereabouts;
mod word;

use std::{fmt, future::Future, pin::pin, sync::Arc};

use self::raw_permit::Borrowed;
#[cfg(test)]
pub(crate) use self::slot::REPUBLISHED;
pub use self::{
    call_error::CallError,
    circuit_open::{CircuitOpen, watch_rejections},
    opening::Opening,
    permit::Permit,
    result::{FailureReason, OfBox, OfError, of, of_error},
    static_slot::SiteRef,
    wait::Ready,
    watched::WatchedFuture,
    watched_stream::{JudgedAt, WatchedStream},
};
pub(crate) use self::{
    context::SlotContext,
    evict::{Evicted, Idle},
    keyed_slot::{KeyedSlot, key_of_turnstile, pass},
    open_share::OpenShare,
    panic_guard::{DeferredSuccess, PanicGuard},
    pending_events::Timestamp,
    raw_permit::{FoundSlot, RawPermit, Runs, SlotRef},
    reconfigure::Deadlines,
    report::PassMeaning,
    result::has_rejection_as_source,
    slot::{SharedSlot, Slot},
    static_slot::StaticSlot,
    turnstile::{Passed, TurnstilePlace},
    watched_stream::StreamCall,
};
use crate::{
    circuit::{InvalidPolicy, PolicyPatch, State},
    identity::Identity,
    outcome::Outcome,
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

    /// As [`try_acquire`](Self::try_acquire), for a handle that the permit takes over.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] if the call is rejected.
    #[inline]
    pub fn acquire(self) -> Result<Permit, CircuitOpen> {
        Permit::acquire(SharedSlot::Counted(self.slot))
    }

    /// Calls `body` if the circuit admits the call, and judges the answer by [`of`]: `Ok` is a
    /// success, `Err` a failure whose reason is the text of the error, except for the
    /// rejection of another breaker, which is ignored.
    ///
    /// The error can be any type with `Error`, a box such as `Box<dyn Error>` or `anyhow::Error`, a
    /// text, a number, a `bool`, a `char` or `()`: see [`FailureReason`]. For another type, to
    /// honor a retry hint or to ignore some errors, use [`call_with`](Self::call_with) or the
    /// attribute.
    ///
    /// A panic of `body` is recorded as a failure and continues to unwind.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{Breaker, CallError};
    ///
    /// type Boxed = Box<dyn std::error::Error + Send + Sync>;
    ///
    /// fn amount() -> Result<u32, Boxed> {
    ///     Ok("17".parse()?)
    /// }
    ///
    /// // `into_error` makes one error of a rejection and a failure.
    /// fn protected_amount(breaker: &Breaker) -> Result<u32, Boxed> {
    ///     breaker.call(amount).map_err(CallError::into_error)
    /// }
    /// # let breaker = brama::Registry::new().breaker("payment_api");
    /// # assert_eq!(protected_amount(&breaker).ok(), Some(17));
    /// ```
    ///
    /// # Errors
    ///
    /// [`CallError::Rejected`] if the call is rejected; [`CallError::Failed`] with the error of
    /// `body` if it fails.
    pub fn call<T, E, Kind>(&self, body: impl FnOnce() -> Result<T, E>) -> Result<T, CallError<E>>
    where
        E: FailureReason<Kind>,
    {
        let mut permit = RawPermit::acquire_in_scope(Borrowed(&self.slot))?.guard_panics();
        let answer = permit.run(body);
        let _success = permit.judge(result::judged(&answer));
        answer.map_err(CallError::Failed)
    }

    /// Calls `body` if the circuit admits the call, and lets `judge` decide what the answer means.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{Outcome, Registry};
    ///
    /// let breaker = Registry::new().breaker("cache");
    /// let by_presence = |row: &Option<u32>| Outcome::from(row.is_some());
    /// assert_eq!(breaker.call_with(by_presence, || Some(17)), Ok(Some(17)));
    /// ```
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] if the call is rejected.
    ///
    /// # Panics
    ///
    /// Panics if `body` or `judge` panics. The panic is recorded as a failure.
    pub fn call_with<R>(
        &self,
        judge: impl FnOnce(&R) -> Outcome,
        body: impl FnOnce() -> R,
    ) -> Result<R, CircuitOpen> {
        let mut permit = RawPermit::acquire_in_scope(Borrowed(&self.slot))?.guard_panics();
        let answer = permit.run(body);
        let _success = permit.judge(judge(&answer));
        Ok(answer)
    }

    /// The asynchronous [`call`](Self::call). The circuit admits or rejects the call when the
    /// returned future is first polled.
    ///
    /// # Errors
    ///
    /// See [`call`](Self::call).
    ///
    /// # Cancellation
    ///
    /// If the future is dropped before it is ready, the call is abandoned. If it is dropped before
    /// its first poll, nothing is recorded.
    pub async fn call_async<T, E, Kind>(
        &self,
        body: impl Future<Output = Result<T, E>>,
    ) -> Result<T, CallError<E>>
    where
        E: FailureReason<Kind>,
    {
        let mut permit = RawPermit::acquire(Borrowed(&self.slot))?;
        let answer = permit.protect(pin!(body)).await;
        let mut permit = permit.guard_panics();
        let _success = permit.judge(result::judged(&answer));
        answer.map_err(CallError::Failed)
    }

    /// The asynchronous [`call_with`](Self::call_with).
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] if the call is rejected.
    ///
    /// # Cancellation
    ///
    /// See [`call_async`](Self::call_async).
    pub async fn call_async_with<R>(
        &self,
        judge: impl FnOnce(&R) -> Outcome,
        body: impl Future<Output = R>,
    ) -> Result<R, CircuitOpen> {
        let mut permit = RawPermit::acquire(Borrowed(&self.slot))?;
        let answer = permit.protect(pin!(body)).await;
        let mut permit = permit.guard_panics();
        let _success = permit.judge(judge(&answer));
        Ok(answer)
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
