//! A wait until a call would be admitted.
//!
//! Who waits is noted under the breaker's lock, in the same hold of it in which the circuit refused; a
//! step looks for those who wait under the same lock, after it has changed the circuit. So a step
//! either comes first, and is seen, or finds the one who waits: no wake-up is lost between the two.
//! What time alone changes is the clock's to wake for, and a clock that has come to the moment already
//! wakes at once.

use std::{
    future::Future,
    mem,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
};

use super::{
    locked::{Locked, Waiter},
    slot::Slot,
};
use crate::{
    bus::Wakes,
    circuit::Tick,
    sys::sync::{Condvar, Mutex},
};

/// Ready with `true` as soon as a call would be admitted, with `false` once the deadline has come.
#[must_use = "futures do nothing unless polled"]
pub(super) struct Waiting<'a> {
    slot: &'a Slot,
    deadline: Tick,
    armed: Option<Armed>,
}

/// What was asked for in the last poll, to be taken back.
struct Armed {
    number: u64,
    at: Tick,
    waker: Waker,
}

impl<'a> Waiting<'a> {
    pub(super) const fn new(slot: &'a Slot, deadline: Tick) -> Self {
        Self { slot, deadline, armed: None }
    }

    fn disarm(&mut self) {
        if let Some(Armed { number, at, waker }) = self.armed.take() {
            self.slot.remove_waiter(number);
            if at != Tick::NEVER {
                self.slot.context.time.forget_wake(at, &waker);
            }
        }
    }
}

impl Future for Waiting<'_> {
    type Output = bool;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<bool> {
        let this = self.get_mut();
        this.disarm();
        let now = this.slot.context.time.now();
        let waker = context.waker();
        let Some((number, until)) = this.slot.add_waiter(now, waker) else {
            return Poll::Ready(true);
        };
        let at = until.min(this.deadline);
        // Before the clock is asked: it may be the user's, and panic.
        this.armed = Some(Armed { number, at, waker: waker.clone() });
        if this.deadline <= now {
            return Poll::Ready(false);
        }
        if at != Tick::NEVER {
            this.slot.context.time.wake_at(at, waker);
        }
        Poll::Pending
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.disarm();
    }
}

impl Slot {
    /// Notes one who waits, unless a call would be admitted now: his number, and when to ask again.
    fn add_waiter(&self, now: Tick, waker: &Waker) -> Option<(u64, Tick)> {
        if self.gate.load().admits() {
            return None;
        }
        // A waker is the user's: it is neither copied nor dropped under the lock.
        let waker = waker.clone();
        let mut locked = self.locked.lock();
        let until = locked.admits_from();
        if until <= now {
            drop(locked);
            return None;
        }
        let rare = locked.rare_mut();
        let number = rare.waits;
        rare.waits += 1;
        rare.waiters.push(Waiter { number, until, waker });
        Some((number, until))
    }

    fn remove_waiter(&self, number: u64) {
        let mut locked = self.locked.lock();
        let waiters = &mut locked.rare_mut().waiters;
        let place = waiters.iter().position(|waiter| waiter.number == number);
        let forgotten = place.map(|place| waiters.swap_remove(place));
        drop(locked);
        drop(forgotten);
    }
}

impl Locked {
    /// From when on a call would be admitted, if nothing is reported.
    fn admits_from(&self) -> Tick {
        let rejects_until = self.circuit.rejects_until(&self.policy);
        rejects_until.filter(|_| !self.policy.shadow()).unwrap_or(Tick::ORIGIN)
    }

    /// Has those woken whom a step lets in, or lets in earlier than they knew.
    pub(super) fn wake_waiters(&mut self, wakes: &mut Wakes) {
        if self.rare().is_none_or(|rare| rare.waiters.is_empty()) {
            return;
        }
        let from = self.admits_from();
        let called = self.rare_mut().waiters.extract_if(.., |waiter| from < waiter.until);
        called.for_each(|waiter| wakes.add_task(waiter.waker));
    }
}

/// Blocks the thread until the wait is over.
pub(super) fn block_on(waiting: Waiting<'_>) -> bool {
    let waker_of_thread = Arc::new(ThreadWaker::default());
    let waker = Waker::from(Arc::clone(&waker_of_thread));
    let mut waiting = pin!(waiting);
    loop {
        match waiting.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(admitted) => return admitted,
            Poll::Pending => waker_of_thread.wait(),
        }
    }
}

/// What wakes a thread. It is no `park`: the user's clock may park this thread too, and would take the
/// wake-up that is meant for us.
#[derive(Default)]
struct ThreadWaker {
    is_woken: Mutex<bool>,
    woken: Condvar,
}

impl ThreadWaker {
    fn wait(&self) {
        self.woken.wait_while(&mut self.is_woken.lock(), |is_woken| !mem::take(is_woken));
    }
}

impl Wake for ThreadWaker {
    fn wake(self: Arc<Self>) {
        *self.is_woken.lock() = true;
        self.woken.notify_one();
    }
}
