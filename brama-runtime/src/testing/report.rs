//! What an assertion that does not hold prints: all that is known of a breaker.

use std::fmt;

use crate::{circuit::Reason, status::Status};

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
