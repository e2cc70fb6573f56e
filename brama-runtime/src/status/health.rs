//! Health: the state of many breakers in one answer.

use std::fmt;

use super::Status;
use crate::{circuit::State, identity::Identity};

/// The health of the dependencies behind some breakers, by the share of open circuits.
///
/// `Display` prints a line for people: `degraded: 1 of 7 circuits open (payment_api)`.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{Health, Registry, health::HealthThresholds, status::BreakerFilter};
///
/// let registry = Registry::new();
/// let (payments, _search) = (registry.breaker("payments"), registry.breaker("search"));
/// assert_eq!(registry.health(BreakerFilter::new()).to_string(), "up: none of 2 circuits open");
///
/// payments.open("maintenance");
/// let health = registry.health(BreakerFilter::new());
/// assert_eq!(health.to_string(), "down: 1 of 2 circuits open (payments)");
///
/// let lenient = HealthThresholds { degraded: 0, down: 51 };
/// assert!(matches!(health.under(lenient), Health::Degraded(_)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "health is an answer, and changes nothing"]
pub enum Health {
    /// Fewer circuits are open than [`HealthThresholds::degraded`] requires, or no breaker was
    /// selected.
    Up(HealthCounts),
    /// The share of open circuits has reached [`HealthThresholds::degraded`].
    Degraded(HealthCounts),
    /// The share of open circuits has reached [`HealthThresholds::down`].
    Down(HealthCounts),
}

/// The number of selected breakers in each state, from which [`Health`] is derived.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct HealthCounts {
    /// How many are closed: calls are admitted and judged.
    pub closed: usize,
    /// How many are half-open, or open past the deadline: the next call is a probe.
    pub half_open: usize,
    /// How many are open or forced open: calls are rejected, except in shadow. A breaker whose
    /// calls an overlay of a fleet rejects is among them.
    pub open: usize,
    /// How many are disabled: calls are admitted and not judged.
    pub disabled: usize,
    /// The identities of the open ones, sorted.
    pub names: Vec<Identity<'static>>,
}

/// The shares of open circuits from which health is degraded or down, in per cent of the selected
/// breakers.
///
/// A threshold is reached if at least one circuit is open and `open * 100` is at least `threshold *
/// selected`; nothing is rounded. So 0 means "from the first open circuit on", 100 means "all of
/// them", and a threshold above 100 is never reached. If both are reached, health is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HealthThresholds {
    /// The share from which health is [`Health::Degraded`]. Default: 0, from the first open circuit
    /// on.
    pub degraded: u32,
    /// The share from which health is [`Health::Down`]. Default: 50, half of the circuits.
    pub down: u32,
}

impl Default for HealthThresholds {
    fn default() -> Self {
        Self { degraded: 0, down: 50 }
    }
}

impl Health {
    /// The name of each health in text, best first.
    pub const NAMES: [&str; 3] = ["up", "degraded", "down"];

    /// The health of the breakers with these statuses, by the default thresholds.
    pub(crate) fn of(statuses: impl IntoIterator<Item = Status>) -> Self {
        let counts = statuses.into_iter().fold(HealthCounts::default(), HealthCounts::add);
        counts.judged_by_default()
    }

    /// Judges the counts again, by other thresholds.
    pub fn under(self, thresholds: HealthThresholds) -> Self {
        self.into_counts().judged(thresholds)
    }

    /// Returns the counts from which this health is derived.
    #[must_use]
    pub const fn counts(&self) -> &HealthCounts {
        match self {
            Self::Up(counts) | Self::Degraded(counts) | Self::Down(counts) => counts,
        }
    }

    /// Converts to the counts from which this health is derived.
    #[must_use]
    pub fn into_counts(self) -> HealthCounts {
        match self {
            Self::Up(counts) | Self::Degraded(counts) | Self::Down(counts) => counts,
        }
    }

    /// Returns the name in text: `up`, `degraded` or `down`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Up(_) => "up",
            Self::Degraded(_) => "degraded",
            Self::Down(_) => "down",
        }
    }
}

impl HealthCounts {
    /// Returns the number of selected breakers.
    #[must_use]
    pub const fn chosen(&self) -> usize {
        self.closed + self.half_open + self.open + self.disabled
    }

    /// Returns the share of open circuits in per cent, rounded down; zero if no breaker was
    /// selected.
    ///
    /// It is meant for display: the thresholds apply to the exact share.
    #[must_use]
    pub fn open_percent(&self) -> u32 {
        let share = (self.open as u128 * 100).checked_div(self.chosen() as u128);
        u32::try_from(share.unwrap_or_default()).unwrap_or(100)
    }

    fn add(mut self, status: Status) -> Self {
        let (before, due) = (self.open, status.retry_after.is_some_and(|left| left.is_zero()));
        if status.is_rejected_by_overlay() {
            self.open += 1;
        } else {
            self.count(status.state, due);
        }
        if before < self.open {
            self.names.push(status.identity);
        }
        self
    }

    /// Counts a breaker without its name. `is_due` if it is open past its deadline.
    pub(crate) const fn count(&mut self, state: State, is_due: bool) {
        match state {
            State::Closed => self.closed += 1,
            // The next call is a probe. If this counted as open, a service that gets no traffic
            // while it is down would get no call, and would stay down.
            State::Open if is_due => self.half_open += 1,
            State::HalfOpen => self.half_open += 1,
            State::Disabled => self.disabled += 1,
            State::Open | State::ForcedOpen => self.open += 1,
        }
    }

    /// Judges the counts by the default thresholds.
    pub(crate) fn judged_by_default(self) -> Health {
        self.judged(HealthThresholds::default())
    }

    fn judged(self, thresholds: HealthThresholds) -> Health {
        if self.reaches(thresholds.down) {
            Health::Down(self)
        } else if self.reaches(thresholds.degraded) {
            Health::Degraded(self)
        } else {
            Health::Up(self)
        }
    }

    const fn reaches(&self, percent: u32) -> bool {
        let (open, chosen) = (self.open as u128, self.chosen() as u128);
        0 < open && percent as u128 * chosen <= open * 100
    }
}

/// Prints a line for people, with the names of at most eight open circuits.
impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.as_str(), self.counts())
    }
}

/// Prints `1 of 7 circuits open (payment_api)`, with at most eight names.
impl fmt::Display for HealthCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let chosen = self.chosen();
        match (self.open, chosen) {
            (_, 0) => return f.write_str("no circuits"),
            (0, 1) => f.write_str("none of 1 circuit open")?,
            (0, _) => write!(f, "none of {chosen} circuits open")?,
            (open, 1) => write!(f, "{open} of 1 circuit open")?,
            (open, _) => write!(f, "{open} of {chosen} circuits open")?,
        }
        for (index, name) in self.names.iter().take(MAX_NAMES).enumerate() {
            write!(f, "{}{name}", if index == 0 { " (" } else { ", " })?;
        }
        match self.names.len() {
            0 => Ok(()),
            1..=MAX_NAMES => f.write_str(")"),
            names => write!(f, " and {} more)", names - MAX_NAMES),
        }
    }
}

const MAX_NAMES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(open: usize, others: usize) -> HealthCounts {
        // The others are in every state that does not count as open.
        let half_open = usize::from(0 < others);
        let disabled = usize::from(1 < others);
        let closed = others - half_open - disabled;
        HealthCounts { closed, half_open, open, disabled, names: Vec::new() }
    }

    fn judged(open: usize, others: usize, degraded: u32, down: u32) -> &'static str {
        counts(open, others).judged(HealthThresholds { degraded, down }).as_str()
    }

    fn small_counts() -> impl Iterator<Item = (usize, usize)> {
        (0..=12).flat_map(|open| (0..=12).map(move |others| (open, others)))
    }

    #[test]
    fn by_default_the_first_open_circuit_degrades_and_half_of_them_are_down() {
        for (open, others) in small_counts() {
            let expected = match open {
                0 => "up",
                _ if others <= open => "down",
                _ => "degraded",
            };
            let health = counts(open, others).judged(HealthThresholds::default());
            assert_eq!(health.as_str(), expected, "{open} open, {others} not");
        }
    }

    #[test]
    fn a_threshold_is_reached_by_its_exact_share_and_by_nothing_less() {
        for (open, others) in small_counts() {
            for percent in 0..=101 {
                let (share, limit) = (open * 100, percent as usize * (open + others));
                let reached = 0 < open && limit <= share;
                let is_down = judged(open, others, 101, percent) == "down";
                let is_degraded = judged(open, others, percent, 101) == "degraded";
                assert_eq!((is_down, is_degraded), (reached, reached), "{open}, {others}");
            }
        }
    }

    #[test]
    fn a_threshold_above_a_hundred_is_never_reached() {
        assert!(small_counts().all(|(open, others)| judged(open, others, 101, u32::MAX) == "up"));
    }

    #[test]
    fn more_open_circuits_are_never_better() {
        let rank = |name| ["up", "degraded", "down"].iter().position(|other| *other == name);
        for (open, others) in small_counts().filter(|(_, others)| 0 < *others) {
            for (degraded, down) in [(0, 50), (10, 90), (90, 10), (50, 50)] {
                let before = rank(judged(open, others, degraded, down));
                let after = rank(judged(open + 1, others - 1, degraded, down));
                assert!(before <= after, "{open}, {others}, {degraded}, {down}");
            }
        }
    }

    #[test]
    fn the_share_for_people_is_rounded_down() {
        let shares = [(0, 0), (0, 3), (1, 2), (2, 1), (1, 199), (199, 1), (5, 0)];
        let shares = shares.map(|(open, others)| counts(open, others).open_percent());
        assert_eq!(shares, [0, 0, 33, 66, 0, 99, 100]);
    }
}
