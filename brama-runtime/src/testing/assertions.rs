//! Assertions on a breaker, with a report of its state.

use std::fmt;

use super::{declared::HINT, registry::TestRegistry};
use crate::{
    circuit::{Quantity, Reason, State, WindowCounts},
    counters::Totals,
    identity::Identity,
    registry::Registry,
    status::Status,
};

/// # Assertions
///
/// An assertion that does not hold panics with the location of the caller, and prints the breaker:
/// its state and the cause, runs, totals and the last failures. Except for
/// [`assert_unused`](Self::assert_unused), an assertion about an unused breaker fails too, so that
/// a misspelt name does not pass as a count of zero.
///
/// With the feature `declared`, a decorated function that was not called yet is known, with the
/// settings of its attribute.
impl TestRegistry {
    /// Asserts the state of a breaker. The recorded state counts: a circuit past the deadline of
    /// its opening is still open until its next call, report or cleanup.
    ///
    /// # Panics
    ///
    /// If the state differs, or the breaker is unused.
    #[track_caller]
    pub fn assert_state<'a>(&self, identity: impl Into<Identity<'a>>, expected: State) {
        let status = self.used(&identity.into());
        let Status { identity, state, .. } = &status;
        let report = Report(&status);
        assert!(*state == expected, "{identity} should be {expected}, is {state}\n{report}");
    }

    /// Asserts how many admitted calls have succeeded.
    ///
    /// # Panics
    ///
    /// If the number differs, or the breaker is unused.
    #[track_caller]
    pub fn assert_successes<'a>(&self, identity: impl Into<Identity<'a>>, expected: u64) {
        self.assert_total(&identity.into(), "successes", |totals| totals.successes, expected);
    }

    /// Asserts how many admitted calls have failed, panics included.
    ///
    /// # Panics
    ///
    /// If the number differs, or the breaker is unused.
    #[track_caller]
    pub fn assert_failures<'a>(&self, identity: impl Into<Identity<'a>>, expected: u64) {
        self.assert_total(&identity.into(), "failures", |totals| totals.failures, expected);
    }

    /// Asserts how many admitted calls had an outcome that says nothing about the dependency.
    ///
    /// # Panics
    ///
    /// If the number differs, or the breaker is unused.
    #[track_caller]
    pub fn assert_ignored<'a>(&self, identity: impl Into<Identity<'a>>, expected: u64) {
        self.assert_total(&identity.into(), "ignored calls", |totals| totals.ignored, expected);
    }

    /// Asserts how many calls were rejected. In shadow, the calls that would have been rejected
    /// count.
    ///
    /// # Panics
    ///
    /// If the number differs, or the breaker is unused.
    #[track_caller]
    pub fn assert_rejected<'a>(&self, identity: impl Into<Identity<'a>>, expected: u64) {
        self.assert_total(&identity.into(), "rejected calls", |totals| totals.rejected, expected);
    }

    /// Asserts that a breaker is unused: there was no call, no handle and no step of a test.
    ///
    /// # Panics
    ///
    /// If the breaker has been used.
    #[track_caller]
    pub fn assert_unused<'a>(&self, identity: impl Into<Identity<'a>>) {
        if let Some(status) = self.status(identity) {
            let (identity, report) = (&status.identity, Report(&status));
            fail(format_args!("{identity} should be unused\n{report}"));
        }
    }

    #[track_caller]
    fn assert_total(
        &self,
        identity: &Identity<'_>,
        what: &str,
        count: impl FnOnce(&Totals) -> u64,
        expected: u64,
    ) {
        let status = self.used(identity);
        let (counted, identity, report) =
            (count(&status.totals), &status.identity, Report(&status));
        assert!(
            counted == expected,
            "{identity} should count {expected} {what}, counts {counted}\n{report}"
        );
    }

    #[track_caller]
    pub(super) fn used(&self, identity: &Identity<'_>) -> Status {
        let Some(status) = self.known_status(identity) else {
            let known = KnownNames(self);
            fail(format_args!("{identity} is unused; this registry has {known}{HINT}"));
        };
        status
    }
}

#[track_caller]
#[expect(clippy::panic, reason = "an assertion fails loudly")]
fn fail(message: fmt::Arguments<'_>) -> ! {
    panic!("{message}")
}

/// Prints a few of a registry's identities, each of bounded length.
struct KnownNames<'r>(&'r Registry);

impl fmt::Display for KnownNames<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.all_known();
        f.write_str("{")?;
        for (place, name) in names.iter().take(MAX_NAMES).enumerate() {
            write!(f, "{}\"{name}\"", if place == 0 { "" } else { ", " })?;
        }
        match names.len().saturating_sub(MAX_NAMES) {
            0 => f.write_str("}"),
            more => write!(f, " and {more} more}}"),
        }
    }
}

/// How many identities a message lists.
const MAX_NAMES: usize = 16;

/// Prints a breaker for the message of a failed test.
pub(super) struct Report<'s>(pub(super) &'s Status);

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(status) = self;
        writeln!(f, "  status    {status}")?;
        self.runs(f)?;
        self.window(f)?;
        self.totals(f)?;
        if !status.reasons.is_empty() {
            let reasons: Vec<_> = status.reasons.iter().map(Reason::to_string).collect();
            write!(f, "\n  failures  {}", reasons.join("; "))?;
        }
        status.warnings.iter().try_for_each(|warning| write!(f, "\n  warning   {warning}"))
    }
}

impl Report<'_> {
    fn runs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(Status { failures, successes, probes, trips, policy, .. }) = self;
        write!(f, "  in a row  {}", Quantity(*failures, "failure"))?;
        if let Some(threshold) = policy.failure_threshold() {
            write!(f, " of {threshold}")?;
        }
        let closes = policy.success_threshold();
        let probes = Quantity((*probes).into(), "probe");
        let trips = Quantity((*trips).into(), "trip");
        write!(f, ", {successes} successes of {closes}, {probes} in flight, {trips}")
    }

    fn window(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(Status { policy, window, .. }) = self;
        if !policy.has_window_rule() {
            return Ok(());
        }
        let WindowCounts { calls, failures, slow } = window;
        let (failures, calls) = (Quantity(*failures, "failure"), Quantity(*calls, "call"));
        write!(f, "\n  window    {failures} and {slow} slow of {calls}")?;
        if policy.has_rate_rule() {
            write!(f, ", at least {}", policy.minimum_calls())?;
        }
        Ok(())
    }

    fn totals(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let totals = &self.0.totals;
        let counted = [
            (totals.successes, "successes"),
            (totals.failures, "failures"),
            (totals.ignored, "ignored"),
            (totals.rejected, "rejected"),
            (totals.abandoned, "abandoned"),
            (totals.late, "late"),
            (totals.slow, "slow"),
        ];
        let counted = counted.map(|(count, what)| format!("{count} {what}"));
        write!(f, "\n  totals    {}", counted.join(", "))
    }
}
