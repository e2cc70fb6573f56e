//! The breaker: a handle on one circuit behind one lock, with a gate in front.

mod admit;
mod context;
mod evict;
mod gate;
mod lifecycle;
mod locked;
#[cfg(all(test, brama_loom))]
mod models;
mod panic_guard;
mod pending_events;
mod permit;
mod record;
mod rejection;
mod slot;
mod step;
mod wait;
#[cfg(all(test, not(brama_loom)))]
mod weight;
mod word;

use std::{future::Future, pin::pin, sync::Arc, time::Duration};

pub(crate) use self::{
    context::RegistryContext,
    panic_guard::{DeferredSuccess, PanicGuard},
    pending_events::Timestamp,
    permit::{RawPermit, SlotRef},
    rejection::SharedSlot,
    slot::Slot,
};
use self::{
    permit::Borrowed,
    wait::{Waiting, block_on},
};
pub use self::{
    permit::Permit,
    rejection::{CallError, CircuitOpen, Opening},
};
use crate::{
    circuit::{Action, By, InvalidPolicy, PolicyPatch, Reason, State, Tick, Verdict},
    error::InvalidLength,
    identity::Identity,
    outcome::Outcome,
    status::Status,
};

/// A handle on one breaker: cheap to clone, shared between threads.
///
/// Handles of one identity into_shared one circuit. A handle keeps its breaker for as long as it lives.
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
#[derive(Debug, Clone)]
pub struct Breaker {
    slot: Arc<Slot>,
}

impl Breaker {
    pub(crate) const fn new(slot: Arc<Slot>) -> Self {
        Self { slot }
    }

    /// Which breaker this is.
    #[must_use]
    pub fn identity(&self) -> &Identity<'static> {
        self.slot.identity()
    }

    /// Asks for the right to one call, to be reported by hand.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] where the call may not run now.
    pub fn try_acquire(&self) -> Result<Permit, CircuitOpen> {
        Permit::acquire(Arc::clone(&self.slot))
    }

    /// Calls `body`, where the circuit lets it: `Ok` is a success, `Err` a failure whose reason is
    /// the error type's name.
    ///
    /// The error may be of any type, so nothing can be asked of it; where words, hints or ignored
    /// errors matter, use [`call_with`](Self::call_with), or the attribute. A panic of `body` is a
    /// failure and goes on.
    ///
    /// # Errors
    ///
    /// [`CallError::Rejected`] where the call may not run now, [`CallError::Failed`] with the
    /// body's own error.
    pub fn call<T, E>(&self, body: impl FnOnce() -> Result<T, E>) -> Result<T, CallError<E>> {
        self.call_with(by_result, body)?.map_err(CallError::Failed)
    }

    /// Calls `body`, where the circuit lets it, and has `judge` say what its answer means.
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
    /// [`CircuitOpen`] where the call may not run now.
    ///
    /// # Panics
    ///
    /// Where `body` or `judge` does; that is recorded as a failure.
    pub fn call_with<R>(
        &self,
        judge: impl FnOnce(&R) -> Outcome,
        body: impl FnOnce() -> R,
    ) -> Result<R, CircuitOpen> {
        let mut permit = RawPermit::acquire(Borrowed(&self.slot))?.guard_panics();
        let answer = permit.run(body);
        let _ending = permit.judge(&answer, judge);
        Ok(answer)
    }

    /// The asynchronous [`call`](Self::call): the circuit is asked when the answer is first polled.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    ///
    /// # Cancellation
    ///
    /// Dropped before it is ready, the call is abandoned; dropped before its first poll, nothing
    /// happened.
    pub async fn call_async<T, E>(
        &self,
        body: impl Future<Output = Result<T, E>>,
    ) -> Result<T, CallError<E>> {
        self.call_async_with(by_result, body).await?.map_err(CallError::Failed)
    }

    /// The asynchronous [`call_with`](Self::call_with).
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] where the call may not run now.
    ///
    /// # Cancellation
    ///
    /// As [`call_async`](Self::call_async).
    pub async fn call_async_with<R>(
        &self,
        judge: impl FnOnce(&R) -> Outcome,
        body: impl Future<Output = R>,
    ) -> Result<R, CircuitOpen> {
        let mut permit = RawPermit::acquire(Borrowed(&self.slot))?;
        let answer = permit.protect(pin!(body)).await;
        let mut permit = permit.guard_panics();
        let _ending = permit.judge(&answer, judge);
        Ok(answer)
    }

    /// Reports a success without a permit: it counts like a permit's while closed and half-open
    /// (never as slow, and it frees no place), and in the totals alone while open.
    pub fn success(&self) {
        self.slot.record_unpermitted(Verdict::SUCCESS);
    }

    /// Reports a failure without a permit, likewise.
    pub fn failure(&self, reason: impl Into<Reason>) {
        self.slot.record_unpermitted(Verdict::failure(reason));
    }

    /// Whether a call would be admitted now. Asking changes nothing and reserves nothing.
    #[must_use]
    pub fn is_available(&self) -> bool {
        self.slot.is_available()
    }

    /// Waits until a call would be admitted: for workers that take the next job only when it can be
    /// done.
    ///
    /// It reserves nothing. All who wait are woken together, and more of them may ask for a permit
    /// than are admitted: then ask, and wait again where the answer is no. While the circuit is forced
    /// open, somebody has to act. Waiting costs nothing but a timer: a task is woken by what happens
    /// to the breaker, or by the registry's clock at the deadline (see
    /// [`Clock::wake_at`](crate::time::clock::Clock::wake_at)), and nobody polls at an interval.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// # async fn example(breaker: brama::Breaker, jobs: Vec<u32>) {
    /// for job in jobs {
    ///     let permit = loop {
    ///         breaker.ready().await;
    ///         if let Ok(permit) = breaker.try_acquire() {
    ///             break permit;
    ///         }
    ///     };
    ///     // … do the job …
    ///     permit.success();
    /// }
    /// # }
    /// ```
    ///
    /// # Cancellation
    ///
    /// Dropped before it is ready, it leaves nothing behind, save with a clock of the user's that does
    /// not take wakes back.
    pub async fn ready(&self) {
        Waiting::new(&self.slot, Tick::NEVER).await;
    }

    /// Waits likewise, blocking the thread, for at most `longest` on the registry's clock: whether a
    /// call would be admitted now. Zero asks and does not wait.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::Registry;
    /// use std::time::Duration;
    ///
    /// let breaker = Registry::new().breaker("search");
    /// breaker.open_for(Duration::from_millis(5), "an example")?;
    /// assert!(!breaker.wait_timeout(Duration::ZERO));
    /// assert!(breaker.wait_timeout(Duration::from_secs(60)));
    /// # Ok::<(), brama::error::InvalidLength>(())
    /// ```
    #[must_use = "it may not be admitted yet"]
    pub fn wait_timeout(&self, longest: Duration) -> bool {
        let deadline = self.slot.time_now().after(longest);
        block_on(Waiting::new(&self.slot, deadline))
    }

    /// The state as recorded: an opening counts its deadline still reads open.
    #[must_use]
    pub fn state(&self) -> State {
        self.slot.state()
    }

    /// Everything there is to know at this moment.
    #[must_use]
    pub fn status(&self) -> Status {
        self.slot.status()
    }

    /// Changes settings of this breaker, and where it has no key of all keys of its identifier: see
    /// `Registry::configure`.
    ///
    /// # Errors
    ///
    /// [`InvalidPolicy`] where a value is outside its limits, by itself or together with what was
    /// configured before; nothing is changed.
    pub fn configure(&self, patch: PolicyPatch) -> Result<(), InvalidPolicy> {
        self.slot.configure(patch)
    }

    /// Opens the circuit for as long as its policy says. It counts as a trip.
    ///
    /// A text is the reason; `By::actor("alice", "maintenance")` says who acted too.
    pub fn open(&self, by: impl Into<By>) {
        self.slot.act(Action::Open(None), by.into());
    }

    /// Opens the circuit for `duration`, this once. It counts as a trip.
    ///
    /// # Errors
    ///
    /// [`InvalidLength`] unless it is whole milliseconds, at least 1 ms; nothing is changed.
    pub fn open_for(&self, duration: Duration, by: impl Into<By>) -> Result<(), InvalidLength> {
        let duration = InvalidLength::check(duration)?;
        self.slot.act(Action::Open(Some(duration)), by.into());
        Ok(())
    }

    /// Refuses every call until somebody acts again.
    pub fn force_open(&self, by: impl Into<By>) {
        self.slot.act(Action::ForceOpen, by.into());
    }

    /// Closes the circuit; runs, trips and window start empty.
    pub fn close(&self, by: impl Into<By>) {
        self.slot.act(Action::Close, by.into());
    }

    /// Closes the circuit likewise, as a reset. Totals are kept: counters never go backwards.
    pub fn reset(&self, by: impl Into<By>) {
        self.slot.act(Action::Reset, by.into());
    }

    /// Admits every call and judges none, until somebody acts again.
    pub fn disable(&self, by: impl Into<By>) {
        self.slot.act(Action::Disable, by.into());
    }
}

fn by_result<T, E>(answer: &Result<T, E>) -> Outcome {
    match answer {
        Ok(_) => Outcome::Success,
        Err(_) => Outcome::failure(std::any::type_name::<E>()),
    }
}
