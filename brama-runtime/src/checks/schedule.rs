//! The schedule of a health check.

use std::time::Duration;

use crate::{
    breaker::PassMeaning,
    circuit::{Tick, nanos},
    error::InvalidLength,
};

/// The interval at which a health check runs, and its timeout.
///
/// A `Duration` converts to a schedule with this interval and the default timeout.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{Registry, health::CheckSchedule};
/// use std::{net::TcpStream, time::Duration};
///
/// let schedule = CheckSchedule::every(Duration::from_secs(10)).timeout(Duration::from_secs(2));
/// let registry = Registry::new();
/// let check = registry.add_check("ledger", schedule, || TcpStream::connect("ledger:5432"))?;
/// # Ok::<(), brama::error::AddCheckError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a schedule does nothing by itself"]
pub struct CheckSchedule {
    interval: Duration,
    timeout: Option<Duration>,
    closes: bool,
}

impl CheckSchedule {
    /// Creates a schedule with this interval: a whole number of milliseconds, at least 1 ms.
    ///
    /// The first run is due one interval after the check was added. Runs that fall into a longer
    /// run are skipped.
    pub const fn every(interval: Duration) -> Self {
        Self { interval, timeout: None, closes: false }
    }

    /// Sets the timeout of a run, after which it has failed: a whole number of milliseconds, at
    /// least 1 ms. Default: the interval.
    pub const fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    /// Lets a check that passes count as the success of a probe, so that checks alone can close the
    /// circuit. Use it for a dependency that no caller calls while it is down.
    ///
    /// By default, a check that passes only lets calls probe before the deadline of the opening: a
    /// port that answers does not prove that calls work.
    pub const fn closes(self) -> Self {
        Self { closes: true, ..self }
    }

    pub(super) const fn meaning(self) -> PassMeaning {
        if self.closes { PassMeaning::Success } else { PassMeaning::Probe }
    }

    pub(crate) fn validated(self) -> Result<Self, InvalidLength> {
        InvalidLength::check(self.interval)?;
        InvalidLength::check(self.effective_timeout())?;
        Ok(self)
    }

    /// When the next run is due, after a run that was due at `due` and ended at `now`.
    pub(super) fn next(self, due: Tick, now: Tick) -> Tick {
        let interval = nanos(self.interval);
        let passed = nanos(now.since(due)).div_ceil(interval.max(1)).max(1);
        due.after(Duration::from_nanos(interval.saturating_mul(passed)))
    }

    pub(super) fn effective_timeout(self) -> Duration {
        self.timeout.unwrap_or(self.interval)
    }
}

impl From<Duration> for CheckSchedule {
    fn from(interval: Duration) -> Self {
        Self::every(interval)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_that_fall_into_a_long_one_are_skipped() {
        let schedule = CheckSchedule::every(Duration::from_millis(10));
        let next = |now| schedule.next(Tick::from_millis(50), Tick::from_millis(now)).as_nanos();
        let expected = [(50, 60), (59, 60), (60, 60), (61, 70), (99, 100), (100, 100), (0, 60)];
        for (now, expected) in expected {
            assert_eq!(next(now), expected * 1_000_000, "{now}");
        }
    }
}
