//! A wait until a call would be admitted.
//!
//! A waiter is added while the breaker's lock is held, in the critical section in which the circuit
//! would have rejected the call. A step looks for waiters under this lock, after it has changed the
//! circuit. So a step either comes first, and the poll sees its effect, or it finds the waiter: no
//! wake-up is lost between the two.
//!
//! What only time changes is left to the clock. A clock that has already reached the tick wakes at
//! once. A thread that blocks keeps time itself where the clock cannot.

use std::{
    fmt,
    future::Future,
    ops::Deref,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use super::{Breaker, OpenShare, locked::Locked, slot::Slot, waiters::WaiterKey};
use crate::{bus::Wakes, circuit::Tick, sys::sync::Monitor};

impl Breaker {
    /// Waits until a call would be admitted, for workers that take the next job only when it can be
    /// done.
    ///
    /// It reserves nothing. All waiting tasks are woken together, and more of them may request a
    /// permit than are admitted; a task that is rejected waits again. While the circuit is forced
    /// open, the wait ends only when the circuit is changed by hand.
    ///
    /// During a `ramp` the wait ends at once, although the ramp rejects a share of the calls. A
    /// task that it rejects should sleep for the `retry_after` of the rejection: waiting again
    /// would only draw again.
    ///
    /// Waiting costs only a timer and does not poll at an interval. A task is woken by a change of
    /// the breaker, or by the registry's clock at the deadline (see
    /// [`Clock::wake_at`](crate::time::clock::Clock::wake_at)).
    ///
    /// If the system cannot start the clock's thread, the task is not woken at the deadline, but by
    /// the next event of the breaker, such as a call after the deadline or an outcome.
    /// [`wait_timeout`](Self::wait_timeout) needs no other thread.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// # async fn example(breaker: brama::Breaker, jobs: Vec<u32>) {
    /// for job in jobs {
    ///     let permit = loop {
    ///         breaker.ready().await;
    ///         match breaker.try_acquire() {
    ///             Ok(permit) => break permit,
    ///             // Another task was faster, or a ramp goes on.
    ///             Err(open) => tokio::time::sleep(open.retry_after().unwrap_or_default()).await,
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
    /// If the future is dropped before it is ready, it leaves nothing behind, except in a custom
    /// clock that does not implement
    /// [`Clock::forget_wake`](crate::time::clock::Clock::forget_wake).
    pub async fn ready(&self) {
        AdmissionFuture::new(&*self.slot, Tick::NEVER).await;
    }

    /// As [`ready`](Self::ready), as a future with a name that owns its handle, to be a field.
    pub fn ready_owned(&self) -> Ready {
        Ready(AdmissionFuture::new(Arc::clone(&self.slot), Tick::NEVER))
    }

    /// Blocks the thread until a call would be admitted, for at most `longest` on the registry's
    /// clock.
    ///
    /// Returns whether a call would be admitted now. If `longest` is zero, it returns at once. The
    /// wait needs no other thread, so it ends even if the system cannot start one.
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
    #[must_use = "the call may still be rejected"]
    pub fn wait_timeout(&self, longest: Duration) -> bool {
        let deadline = self.slot.time_now().after(longest);
        block_on(AdmissionFuture::new(&*self.slot, deadline))
    }
}

/// Resolves to `true` as soon as a call would be admitted, or to `false` once the deadline has
/// passed.
#[must_use = "futures do nothing unless polled"]
struct AdmissionFuture<S: Deref<Target = Slot>> {
    slot: S,
    deadline: Tick,
    armed: Option<Armed>,
}

/// What the last poll has registered, to be taken back.
struct Armed {
    key: WaiterKey,
    at: Tick,
    waker: Waker,
}

impl<S: Deref<Target = Slot>> AdmissionFuture<S> {
    const fn new(slot: S, deadline: Tick) -> Self {
        Self { slot, deadline, armed: None }
    }

    fn disarm(&mut self) {
        if let Some(Armed { key, at, waker }) = self.armed.take() {
            self.slot.remove_waiter(key);
            if at != Tick::NEVER {
                self.slot.context.time.forget_wake(at, &waker);
            }
        }
    }
}

impl<S: Deref<Target = Slot>> AdmissionFuture<S> {
    /// Looks whether the wait is over. If not, returns the tick at which to look again, and the
    /// waker is woken by a step of the breaker.
    fn look(&mut self, waker: &Waker) -> Result<bool, Tick> {
        self.disarm();
        let now = self.slot.context.time.now();
        let Some((key, until)) = self.slot.add_waiter(now, waker) else {
            return Ok(true);
        };
        let at = until.min(self.deadline);
        // Set before the clock is called, because it may be user code and panic.
        self.armed = Some(Armed { key, at, waker: waker.clone() });
        if self.deadline <= now { Ok(false) } else { Err(at) }
    }
}

impl<S: Deref<Target = Slot> + Unpin> Future for AdmissionFuture<S> {
    type Output = bool;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<bool> {
        let (this, waker) = (self.get_mut(), context.waker());
        match this.look(waker) {
            Ok(admitted) => return Poll::Ready(admitted),
            Err(Tick::NEVER) => {}
            Err(at) => this.slot.context.time.wake_at(at, waker),
        }
        Poll::Pending
    }
}

impl<S: Deref<Target = Slot>> Drop for AdmissionFuture<S> {
    fn drop(&mut self) {
        self.disarm();
    }
}

/// The future of [`Breaker::ready_owned`].
///
/// It can be polled again once it is ready, and then begins a new wait.
#[must_use = "futures do nothing unless polled"]
pub struct Ready(AdmissionFuture<Arc<Slot>>);

impl Future for Ready {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(context).map(drop)
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready").field("identity", self.0.slot.identity()).finish_non_exhaustive()
    }
}

impl Slot {
    /// Adds a waiter, unless a call would be admitted now. Returns its key and the tick at which to
    /// poll again.
    pub(super) fn add_waiter(&self, now: Tick, waker: &Waker) -> Option<(WaiterKey, Tick)> {
        let word = self.gate.load();
        if word.admits() && !self.is_saturated(word) {
            return None;
        }
        // A waker is user code. It is neither cloned nor dropped under the lock.
        let waker = waker.clone();
        let mut locked = self.locked.lock();
        let until = self.admits_from(&locked, now);
        if until <= now {
            drop(locked);
            return None;
        }
        let key = locked.rare_mut().waiters.get_or_insert_default().add(until, waker);
        Some((key, until))
    }

    /// Returns the tick from which on a call would be admitted, if no outcome is reported before.
    /// If too many calls are in flight, the next one that ends looks for waiters.
    fn admits_from(&self, locked: &Locked, now: Tick) -> Tick {
        if self.is_saturated_for_waiter(self.gate.load()) {
            return Tick::NEVER;
        }
        locked.admits_from(self.context.share(), now)
    }

    /// Adds to `wakes` every waiter that the step at `now` lets in, or lets in earlier than the
    /// waiter knew.
    #[inline]
    pub(super) fn wake_waiters(&self, locked: &mut Locked, now: Tick, wakes: &mut Wakes) {
        if locked.has_waiters() {
            self.wake_present_waiters(locked, now, wakes);
        }
    }

    #[cold]
    fn wake_present_waiters(&self, locked: &mut Locked, now: Tick, wakes: &mut Wakes) {
        let from = self.admits_from(locked, now);
        locked.wake_waiters(from, now, wakes);
    }

    pub(super) fn remove_waiter(&self, key: WaiterKey) {
        let mut locked = self.locked.lock();
        let waiters = &mut locked.rare_mut().waiters;
        let removed = waiters.as_mut().and_then(|waiters| waiters.remove(key));
        drop(locked);
        drop(removed);
    }
}

impl Locked {
    pub(super) fn has_waiters(&self) -> bool {
        self.rare().is_some_and(|rare| rare.waiters.is_some())
    }

    /// Returns the tick from which on the circuit would admit a call, if no outcome is reported
    /// before.
    pub(super) fn admits_from(&self, share: Option<&OpenShare>, now: Tick) -> Tick {
        let only_observes = self.policy.shadow() || self.would_be_held_back(share, now);
        let rejects_until = self.circuit.rejects_until(&self.policy);
        let circuit = rejects_until.filter(|_| !only_observes).unwrap_or(Tick::ORIGIN);
        circuit.max(self.overlay_rejects_until(now).unwrap_or(Tick::ORIGIN))
    }

    /// Adds to `wakes` every waiter that is let in from `from` on, if that is earlier than the
    /// waiter knew. Also adds those that the clock should have woken by `now`, in case the system
    /// gives its timer no thread.
    pub(super) fn wake_waiters(&mut self, from: Tick, now: Tick, wakes: &mut Wakes) {
        if let Some(waiters) = &mut self.rare_mut().waiters {
            let due = waiters.take_due(now);
            let earlier = waiters.take_later(from);
            due.chain(earlier).for_each(|waker| wakes.add_task(waker));
        }
    }
}

/// Blocks the thread until the wait is over. Returns whether a call would be admitted.
fn block_on(mut waiting: AdmissionFuture<&Slot>) -> bool {
    let waker_of_thread = Arc::new(ThreadWaker::default());
    let waker = Waker::from(Arc::clone(&waker_of_thread));
    loop {
        let longest = match waiting.look(&waker) {
            Ok(admitted) => return admitted,
            Err(Tick::NEVER) => None,
            Err(at) => waiting.slot.context.time.wake_thread_at(at, &waker),
        };
        waker_of_thread.wait(longest.unwrap_or(Duration::MAX));
    }
}

/// Wakes a blocked thread. It does not use `thread::park`, because a custom clock may park this
/// thread too and would consume the wake-up.
#[derive(Default)]
struct ThreadWaker {
    is_woken: Monitor<bool>,
}

impl ThreadWaker {
    fn wait(&self, longest: Duration) {
        let is_woken = self.is_woken.lock();
        let mut is_woken = self.is_woken.wait_while_for(is_woken, |is_woken| !*is_woken, longest);
        *is_woken = false;
    }
}

impl Wake for ThreadWaker {
    fn wake(self: Arc<Self>) {
        *self.is_woken.lock() = true;
        self.is_woken.notify_one();
    }
}
