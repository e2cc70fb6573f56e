//! The result of a run of a health check.

use std::{fmt, time::Duration};

use super::CheckSchedule;
use crate::{
    breaker::Slot,
    circuit::Reason,
    duration::Rounded,
    logs,
    sys::panic::{Panicked, catch_panic},
};

/// The result: passed, or the reason why not.
pub(super) type Answer = Result<(), Reason>;

/// Converts the result of the user's code.
pub(super) fn answer<T, E: fmt::Display>(result: Result<T, E>) -> Answer {
    result.map(drop).map_err(|error| failed(format_args!("{error}")).with_type_of(&error))
}

/// The result of a run that exceeded its timeout.
pub(super) fn overdue(timeout: Duration) -> Answer {
    Err(failed(format_args!("no answer within {}", Rounded(timeout))).fixed())
}

/// Runs user code; a panic counts as a failed check.
pub(super) fn run_check<R>(run: impl FnOnce() -> R) -> Result<R, Reason> {
    catch_panic(run).map_err(|Panicked| {
        logs::write_panic("a health check", None);
        Reason::from("health check: panic").fixed()
    })
}

fn failed(why: fmt::Arguments<'_>) -> Reason {
    Reason::of(&format_args!("health check: {why}"))
}

/// Reports the result to the breaker.
pub(super) fn report(slot: &Slot, schedule: CheckSchedule, answer: Answer) {
    match answer {
        Ok(()) => slot.record_passed_check(schedule.meaning()),
        Err(reason) => slot.record_failed_check(reason),
    }
}
