//! What a run of a check answers.

use std::{fmt, time::Duration};

use crate::{
    breaker::Slot,
    circuit::Reason,
    duration::Rounded,
    sys::panic::{Panicked, catch_panic},
};

/// That it passed, or why not.
pub(super) type Answer = Result<(), Reason>;

/// The answer in the words of the evidence.
pub(super) fn answer<T, E: fmt::Display>(result: Result<T, E>) -> Answer {
    result.map(drop).map_err(|error| failed(format_args!("{error}")))
}

/// The answer of one that took too long.
pub(super) fn overdue(longest: Duration) -> Answer {
    Err(failed(format_args!("no answer within {}", Rounded(longest))))
}

/// Runs the user's code; a panic is an answer too.
pub(super) fn run_check<R>(run: impl FnOnce() -> R) -> Result<R, Reason> {
    catch_panic(run).map_err(|Panicked| Reason::from("health check: panic"))
}

fn failed(why: fmt::Arguments<'_>) -> Reason {
    Reason::of(&format_args!("health check: {why}"))
}

/// Tells the breaker.
pub(super) fn tell(slot: &Slot, answer: Answer) {
    match answer {
        Ok(()) => slot.record_passed_check(),
        Err(reason) => slot.record_failed_check(reason),
    }
}
