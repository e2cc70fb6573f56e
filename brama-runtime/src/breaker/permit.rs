//! The right to one call.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use super::{
    circuit_open::CircuitOpen, raw_permit::RawPermit, result::FailureReason, slot::SharedSlot,
};
use crate::{
    circuit::Reason,
    outcome::{Judgement, Outcome},
};

/// The right to one call, whose outcome is reported once.
///
/// If a permit is dropped without a report, the call is abandoned: it does not count as an outcome
/// of the dependency, unless the policy sets `abandoned = "failure"`. A probe gives its place back
/// either way. If all places are taken and the newest probe has been held for longer than the
/// policy's `probe_timeout`, all probes lose their places, and the next caller takes one. What such
/// a displaced probe reports still counts like the outcome of any probe, as long as the circuit is
/// in the same half-open.
///
/// The report of a permit from before the present state began is late: it counts only in the
/// totals. If it is a failure with a retry-after hint, it can also prolong an opening.
#[must_use = "dropping a permit abandons the call"]
pub struct Permit(pub(super) RawPermit<SharedSlot>);

impl Permit {
    #[inline]
    pub(crate) fn acquire(slot: SharedSlot) -> Result<Self, CircuitOpen> {
        RawPermit::acquire(slot).map(Self)
    }

    /// Reports a success.
    #[inline]
    pub fn success(self) {
        self.0.record_success();
    }

    /// As [`success`](Self::success), for a permit that stays where it is. If it were moved soon
    /// after it was written, the processor would wait for the parts of it.
    #[doc(hidden)]
    #[inline]
    pub fn succeed(&mut self) {
        self.0.succeed();
    }

    /// Reports a failure with its reason: a text, a reference to an error, or `()` for none.
    ///
    /// [`record`](Self::record) takes a failure with a retry-after hint, or one that opens the
    /// circuit at once ([`Outcome::trip`]).
    pub fn failure(self, reason: impl Into<Reason>) {
        self.record(Outcome::failure(reason));
    }

    /// Reports that the call says nothing about the dependency.
    ///
    /// Ten probes in a row that end so, or abandoned after 1 s or more, open the circuit again.
    pub fn ignore(self) {
        self.record(Outcome::Ignore);
    }

    /// Reports an outcome.
    #[inline]
    pub fn record(self, outcome: Outcome) {
        match outcome {
            Outcome::Success => self.success(),
            outcome @ (Outcome::Failure(_) | Outcome::Ignore) => self.0.record(outcome),
        }
    }

    /// Reports the error of the call, as [`outcome::of_error`](crate::api::outcome::of_error)
    /// judges it. If it is the rejection of another breaker, a probe has not asked the dependency,
    /// and is not among the ten whose end opens the circuit again.
    ///
    /// # Panics
    ///
    /// Panics if the `Display` of the error panics. The panic is recorded as a failure.
    pub fn record_error<E: FailureReason<Kind>, Kind>(mut self, error: &E) {
        let judgement = self.0.run_under(|| error.judge());
        self.0.record(judgement);
    }

    /// Records that an inner breaker has rejected the call.
    pub(crate) fn record_inner_rejection(self) {
        self.0.record(Judgement::InnerRejection);
    }

    /// Stops the time of the call: what follows makes it no slower, and is not in its duration.
    ///
    /// A download or a subscription may take long because there is much to send. Stop its time when
    /// the answer begins. The time is stopped once; later calls of this method change nothing.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// # use brama::{PolicyPatch, Registry, testing::ManualClock};
    /// # use std::time::Duration;
    /// # let clock = ManualClock::new();
    /// # let breaker = Registry::with_clock(clock.clone()).breaker("feed");
    /// let slow = PolicyPatch::new().slow_call_rate(50).slow_call_duration(Duration::from_secs(2));
    /// breaker.configure(slow)?;
    /// let mut permit = breaker.try_acquire()?;
    /// permit.stop_timing();                       // the first item is there
    /// clock.advance(Duration::from_secs(3600));   // the others follow
    /// permit.success();
    /// assert_eq!(breaker.status().totals.slow, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stop_timing(&mut self) {
        self.0.stop_timing();
    }

    /// Runs a part of the call under the permit, which other parts may follow.
    ///
    /// If the call is a probe, calls of the same breaker within the part belong to it.
    ///
    /// # Panics
    ///
    /// Panics if `part` panics. The panic is recorded as a failure, and what is reported later is
    /// not.
    #[inline]
    pub fn run_under<R>(&mut self, part: impl FnOnce() -> R) -> R {
        self.0.run_under(part)
    }

    /// Polls a future of the call under the permit, as [`run_under`](Self::run_under) runs a part.
    ///
    /// # Panics
    ///
    /// Panics if `future` panics. The panic is recorded as a failure.
    #[inline]
    pub fn poll_under<F: Future>(
        &mut self,
        future: Pin<&mut F>,
        context: &mut Context<'_>,
    ) -> Poll<F::Output> {
        self.0.run_under(|| future.poll(context))
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
