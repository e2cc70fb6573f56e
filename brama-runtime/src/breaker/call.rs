//! Protected calls through a handle.

use std::{future::Future, pin::pin};

use super::{
    Breaker, CallError, CircuitOpen, FailureReason,
    raw_permit::{Borrowed, RawPermit},
    result,
};
use crate::outcome::Outcome;

impl Breaker {
    /// Calls `body` if the circuit admits the call, and judges the answer by [`of`](super::of):
    /// `Ok` is a success, `Err` a failure whose reason is the text of the error, except for the
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
}
