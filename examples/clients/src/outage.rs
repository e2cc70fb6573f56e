//! An outage that a protected call goes through, and what must hold in it.

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::{
    error::Error,
    fmt,
    time::{Duration, Instant},
};

use brama::{Breaker, CircuitOpen, State};

use crate::switch::Switch;

/// An error of any type.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A circuit opens after fewer calls than this.
const MOST_FAILURES: u32 = 20;
/// How many rejections are timed.
const REJECTIONS: usize = 101;
const LONGEST_REJECTION: Duration = Duration::from_millis(1);

/// Takes a call through an outage of what stands behind the switch: it works, fails until the
/// circuit opens, is rejected, and recovers.
///
/// # Errors
///
/// [`FailedCheck`] names the first claim that did not hold.
pub async fn outage<E: fmt::Debug + Into<BoxError>>(
    breaker: &Breaker,
    switch: &Switch,
    call: impl AsyncFnMut() -> Result<(), E>,
) -> Result<(), FailedCheck> {
    let is_rejection = |error: E| CircuitOpen::find_in(&*error.into()).is_some();
    outage_with(breaker, switch, call, is_rejection, LONGEST_REJECTION).await
}

/// As [`outage`], where something else tells a rejection from other errors, or a rejection may take
/// longer than a millisecond.
///
/// # Errors
///
/// [`FailedCheck`] names the first claim that did not hold.
pub async fn outage_with<E: fmt::Debug>(
    breaker: &Breaker,
    switch: &Switch,
    mut call: impl AsyncFnMut() -> Result<(), E>,
    is_rejection: impl Fn(E) -> bool,
    longest: Duration,
) -> Result<(), FailedCheck> {
    let works = call().await;
    check(&format!("{breaker}: it works: {works:?}", breaker = breaker.identity()), works.is_ok())?;

    switch.fail();
    let failures = fail_until_open(breaker, &mut call).await;
    let cause = breaker.status().cause.map(|cause| cause.to_string()).unwrap_or_default();
    check(
        &format!("after {failures} calls that fail, the circuit is open: {cause}"),
        is_open(breaker),
    )?;

    let reached = switch.reached();
    let took = median_rejection(&mut call, is_rejection).await?;
    check(&format!("a rejection takes {took:?}"), took < longest)?;
    check("no rejected call reaches the server", switch.reached() == reached)?;

    switch.work();
    breaker.ready().await;
    let recovered = call().await;
    check(&format!("the probe finds it working: {recovered:?}"), recovered.is_ok())?;
    check("the circuit is closed again", breaker.state() == State::Closed)
}

fn is_open(breaker: &Breaker) -> bool {
    breaker.state() == State::Open
}

/// Calls until the circuit is open, and returns how many calls that took.
async fn fail_until_open<E>(
    breaker: &Breaker,
    call: &mut impl AsyncFnMut() -> Result<(), E>,
) -> u32 {
    for failures in 0..MOST_FAILURES {
        if is_open(breaker) {
            return failures;
        }
        let _failure = call().await;
    }
    MOST_FAILURES
}

/// The median, because the system may take the processor away from a single call.
#[expect(clippy::disallowed_methods, reason = "it measures")]
async fn median_rejection<E>(
    call: &mut impl AsyncFnMut() -> Result<(), E>,
    is_rejection: impl Fn(E) -> bool,
) -> Result<Duration, FailedCheck> {
    let mut times = Vec::with_capacity(REJECTIONS);
    for _ in 0..REJECTIONS {
        let start = Instant::now();
        let answer = call().await;
        times.push(start.elapsed());
        if !answer.is_err_and(&is_rejection) {
            return check("the open circuit rejects each call", false).map(|()| Duration::ZERO);
        }
    }
    times.sort_unstable();
    Ok(times.get(REJECTIONS / 2).copied().unwrap_or_default())
}

/// Prints a claim that holds.
///
/// # Errors
///
/// [`FailedCheck`] if it does not hold.
pub fn check(claim: &str, holds: bool) -> Result<(), FailedCheck> {
    if !holds {
        return Err(FailedCheck(claim.to_owned()));
    }
    println!("✓ {claim}");
    Ok(())
}

/// A claim that did not hold.
#[derive(Debug)]
pub struct FailedCheck(String);

impl fmt::Display for FailedCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this does not hold: {}", self.0)
    }
}

impl Error for FailedCheck {}
