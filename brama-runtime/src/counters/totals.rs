//! The totals of a breaker's calls.

use std::{iter::Sum, ops::AddAssign};

#[cfg(feature = "serde")]
use serde::Serialize;

use crate::circuit::{Abandoned, Policy, Verdict};

/// The numbers of calls since the breaker was created, by outcome. They never go backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Totals {
    /// Calls that succeeded.
    pub successes: u64,
    /// Calls that failed, including panics. Abandoned calls are included if the policy sets
    /// `abandoned = "failure"`.
    pub failures: u64,
    /// Calls that said nothing about the dependency, without the abandoned ones.
    pub ignored: u64,
    /// Calls dropped before they had an outcome, whether or not they count as failures.
    pub abandoned: u64,
    /// Calls that were rejected, or would have been rejected without `shadow`.
    pub rejected: u64,
    /// Outcomes of calls that were admitted before the present state or ramp began, without
    /// displaced probes. Each is also counted by its outcome.
    pub late: u64,
    /// Calls slower than `slow_call_duration`, if a rule judges slow calls. Each is also counted by
    /// its outcome.
    pub slow: u64,
    /// Calls that were made while a probe of the breaker ran, on its thread or in its task. They
    /// are part of the probe and counted nowhere else.
    pub nested: u64,
}

impl Totals {
    /// Iterates over the outcomes of calls: the name that metrics use, `success`, `failure` or
    /// `ignored`, and the number of calls.
    pub fn by_outcome(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let Self { successes, failures, ignored, .. } = *self;
        [("success", successes), ("failure", failures), ("ignored", ignored)].into_iter()
    }

    /// Returns the number of successes and failures.
    pub(crate) const fn outcomes(&self) -> u64 {
        self.successes + self.failures
    }

    /// What was counted after `before`; `None` if a count is smaller than it was then.
    pub(crate) fn since(self, before: Self) -> Option<Self> {
        Some(Self {
            successes: self.successes.checked_sub(before.successes)?,
            failures: self.failures.checked_sub(before.failures)?,
            ignored: self.ignored.checked_sub(before.ignored)?,
            abandoned: self.abandoned.checked_sub(before.abandoned)?,
            rejected: self.rejected.checked_sub(before.rejected)?,
            late: self.late.checked_sub(before.late)?,
            slow: self.slow.checked_sub(before.slow)?,
            nested: self.nested.checked_sub(before.nested)?,
        })
    }

    /// A number that changes whenever a call is rejected or ends.
    pub(crate) const fn moves(&self) -> u64 {
        let Self { successes, failures, ignored, abandoned, rejected, nested, .. } = *self;
        successes + failures + ignored + abandoned + rejected + nested
    }

    pub(crate) fn count(&mut self, verdict: &Verdict, policy: &Policy) {
        let slow = u64::from(policy.is_slow(verdict.took()));
        match verdict {
            Verdict::Success { .. } => {
                self.successes += 1;
                self.slow += slow;
            }
            Verdict::Failure { .. } | Verdict::Trip { .. } => {
                self.failures += 1;
                self.slow += slow;
            }
            Verdict::Ignore | Verdict::InnerRejection => self.ignored += 1,
            Verdict::Abandoned { .. } => {
                self.abandoned += 1;
                if policy.abandoned() == Abandoned::Failure {
                    self.failures += 1;
                    self.slow += slow;
                }
            }
        }
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.successes += other.successes;
        self.failures += other.failures;
        self.ignored += other.ignored;
        self.abandoned += other.abandoned;
        self.rejected += other.rejected;
        self.late += other.late;
        self.slow += other.slow;
        self.nested += other.nested;
    }
}

impl Sum for Totals {
    fn sum<I: Iterator<Item = Self>>(totals: I) -> Self {
        totals.fold(Self::default(), |mut sum, totals| {
            sum += totals;
            sum
        })
    }
}
