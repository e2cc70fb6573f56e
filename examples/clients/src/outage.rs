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

/// A circuit opens after this number of calls at most.
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
    let rejections = Rejections { is_rejection, longest: LONGEST_REJECTION };
    outage_with(breaker, switch, rejections, call).await
}

/// The rejections of a call.
#[derive(Debug)]
pub struct Rejections<F> {
    /// Tells a rejection from other errors.
    pub is_rejection: F,
    /// What one may take, as the median of many.
    pub longest: Duration,
}

/// As [`outage`], with rejections of another kind.
///
/// # Errors
///
/// [`FailedCheck`] names the first claim that did not hold.
pub async fn outage_with<E: fmt::Debug>(
    breaker: &Breaker,
    switch: &Switch,
    rejections: Rejections<impl Fn(E) -> bool>,
    mut call: impl AsyncFnMut() -> Result<(), E>,
) -> Result<(), FailedCheck> {
    let works = call().await;
    check(&format!("{}: it works: {works:?}", breaker.identity()), works.is_ok())?;

    switch.fail();
    fail_until_open(breaker, &mut call).await?;
    let reached = switch.reached();
    let took = median_rejection(&mut call, rejections.is_rejection).await?;
    check(&format!("a rejection takes {took:?}"), took < rejections.longest)?;
    check("no rejected call reaches the server", switch.reached() == reached)?;

    switch.work();
    breaker.ready().await;
    let recovered = call().await;
    check(&format!("the probe finds it working: {recovered:?}"), recovered.is_ok())?;
    check("the circuit is closed again", breaker.state() == State::Closed)
}

async fn fail_until_open<E>(
    breaker: &Breaker,
    call: &mut impl AsyncFnMut() -> Result<(), E>,
) -> Result<(), FailedCheck> {
    let mut failures = 0;
    while breaker.state() != State::Open && failures < MOST_FAILURES {
        let _failure = call().await;
        failures += 1;
    }
    let cause = breaker.status().cause.map(|cause| cause.to_string()).unwrap_or_default();
    let claim = format!("after {failures} calls that fail, the circuit is open: {cause}");
    check(&claim, breaker.state() == State::Open)
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
            return Err(FailedCheck("the open circuit rejects each call".to_owned()));
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
