//! Assertions on a breaker, which print what happened instead.

use std::fmt;

use super::registry::TestRegistry;
use crate::{
    circuit::{Reason, State},
    counters::Totals,
    identity::Identity,
    registry::Registry,
    status::Status,
};

/// # Assertions
///
/// One that does not hold panics at the test's own line and prints the breaker: its state and why,
/// runs, totals, the last failures. So does one about a breaker that nobody has used, lest a name
/// that is misspelt passes as a count of zero.
impl TestRegistry {
    /// Asserts that a breaker is in that state: as recorded, so an opening past its deadline is
    /// still open.
    ///
    /// # Panics
    ///
    /// Where it is in another, or nobody has used it.
    #[track_caller]
    pub fn assert_state<'a>(&self, identity: impl Into<Identity<'a>>, expected: State) {
        let status = self.used(&identity.into());
        let Status { identity, state, .. } = &status;
        let report = Report(&status);
        assert!(*state == expected, "{identity} should be {expected}, is {state}\n{report}");
    }

    /// Asserts how many calls a breaker has let through that succeeded.
    ///
    /// # Panics
    ///
    /// Where it is another number, or nobody has used it.
    #[track_caller]
    pub fn assert_successes<'a>(&self, identity: impl Into<Identity<'a>>, expected: u64) {
        self.assert_total(&identity.into(), "successes", |totals| totals.successes, expected);
    }

    /// Asserts how many calls a breaker has let through that failed, panics among them.
    ///
    /// # Panics
    ///
    /// Where it is another number, or nobody has used it.
    #[track_caller]
    pub fn assert_failures<'a>(&self, identity: impl Into<Identity<'a>>, expected: u64) {
        self.assert_total(&identity.into(), "failures", |totals| totals.failures, expected);
    }

    /// Asserts how many calls a breaker has let through that said nothing about the dependency.
    ///
    /// # Panics
    ///
    /// Where it is another number, or nobody has used it.
    #[track_caller]
    pub fn assert_ignored<'a>(&self, identity: impl Into<Identity<'a>>, expected: u64) {
        self.assert_total(&identity.into(), "ignored calls", |totals| totals.ignored, expected);
    }

    /// Asserts how many calls a breaker has refused (in shadow: would have).
    ///
    /// # Panics
    ///
    /// Where it is another number, or nobody has used it.
    #[track_caller]
    pub fn assert_rejected<'a>(&self, identity: impl Into<Identity<'a>>, expected: u64) {
        self.assert_total(&identity.into(), "rejected calls", |totals| totals.rejected, expected);
    }

    /// Asserts that nobody has used a breaker: no call, no handle, no step.
    ///
    /// # Panics
    ///
    /// Where somebody has.
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
    fn used(&self, identity: &Identity<'_>) -> Status {
        let Some(status) = self.status(identity) else {
            let known: &Registry = self;
            fail(format_args!("{identity} is unused; this registry knows {known:?}"));
        };
        status
    }
}

#[track_caller]
#[expect(clippy::panic, reason = "an assertion fails loudly")]
fn fail(message: fmt::Arguments<'_>) -> ! {
    panic!("{message}")
}

/// A breaker for the eyes of whoever reads a failed test.
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
        write!(f, "  in a row  {failures} failures")?;
        if let Some(threshold) = policy.failure_threshold() {
            write!(f, " of {threshold}")?;
        }
        let closes = policy.success_threshold();
        write!(f, ", {successes} successes of {closes}, {probes} probes in flight, {trips} trips")
    }

    fn window(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(Status { policy, window, .. }) = self;
        if !policy.has_rate_rule() {
            return Ok(());
        }
        let (calls, least) = (window.calls, policy.minimum_calls());
        let (failures, slow) = (window.failures, window.slow);
        write!(
            f,
            "\n  window    {failures} failures and {slow} slow of {calls} calls, at least {least}"
        )
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
