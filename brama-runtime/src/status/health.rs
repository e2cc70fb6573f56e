//! Health: what many breakers say together.

use std::fmt;

use super::Status;
use crate::{circuit::State, identity::Identity};

/// How well the dependencies behind some breakers are, by the share of open circuits.
///
/// Its `Display` is a line for people: `degraded: 1 of 7 circuits open (payment_api)`.
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
    /// No circuit is open, or fewer than it takes to be degraded; or there is none at all.
    Up(HealthCounts),
    /// Some are open.
    Degraded(HealthCounts),
    /// So many are open that the whole is of no use.
    Down(HealthCounts),
}

/// What health was judged by: the chosen breakers, by the state of their circuits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct HealthCounts {
    /// Closed: calls pass and are judged.
    pub closed: usize,
    /// Half-open, or open past the deadline: the next call is a probe.
    pub half_open: usize,
    /// Open, forced ones among them: calls are refused (in shadow: would be).
    pub open: usize,
    /// Disabled: calls pass and nothing is judged.
    pub disabled: usize,
    /// Which are open, in the order of their identities.
    pub names: Vec<Identity<'static>>,
}

/// From which share of open circuits on health is worse, in per cent of the chosen ones.
///
/// Integers, no rounding: with `n` chosen, a threshold is reached where `open * 100` is at least
/// `threshold * n`, and one circuit at least is open. So 0 means "from the first open circuit", 100 "all
/// of them", and what is above 100 is never reached. `down` is asked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HealthThresholds {
    /// From which on it is [`Health::Degraded`]. Default 0: from the first open circuit.
    pub degraded: u32,
    /// From which on it is [`Health::Down`]. Default 50: half of them.
    pub down: u32,
}

impl Default for HealthThresholds {
    fn default() -> Self {
        Self { degraded: 0, down: 50 }
    }
}

impl Health {
    /// What those of these statuses say together, under the default thresholds.
    pub(crate) fn of(statuses: impl IntoIterator<Item = Status>) -> Self {
        let counts = statuses.into_iter().fold(HealthCounts::default(), HealthCounts::and);
        counts.judged(HealthThresholds::default())
    }

    /// The same counts judged by other thresholds.
    pub fn under(self, thresholds: HealthThresholds) -> Self {
        self.into_counts().judged(thresholds)
    }

    /// What it was judged by.
    #[must_use]
    pub const fn counts(&self) -> &HealthCounts {
        match self {
            Self::Up(counts) | Self::Degraded(counts) | Self::Down(counts) => counts,
        }
    }

    /// What it was judged by, to keep.
    #[must_use]
    pub fn into_counts(self) -> HealthCounts {
        match self {
            Self::Up(counts) | Self::Degraded(counts) | Self::Down(counts) => counts,
        }
    }

    /// The name in text: `up`, `degraded` or `down`.
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
    /// How many breakers were chosen.
    #[must_use]
    pub const fn chosen(&self) -> usize {
        self.closed + self.half_open + self.open + self.disabled
    }

    /// The share of open circuits in whole per cent, rounded down, for people: the thresholds judge the
    /// counts. Zero where none was chosen.
    #[must_use]
    pub fn open_percent(&self) -> u32 {
        let share = (self.open as u128 * 100).checked_div(self.chosen() as u128);
        u32::try_from(share.unwrap_or_default()).unwrap_or(100)
    }

    fn and(mut self, status: Status) -> Self {
        let is_due = status.retry_after.is_some_and(|left| left.is_zero());
        match status.state {
            State::Closed => self.closed += 1,
            // A call would be a probe. If it read as open, a service that is taken off traffic while it
            // is down would get no call, and stay down.
            State::Open if is_due => self.half_open += 1,
            State::HalfOpen => self.half_open += 1,
            State::Disabled => self.disabled += 1,
            State::Open | State::ForcedOpen => {
                self.open += 1;
                self.names.push(status.identity);
            }
        }
        self
    }

    fn judged(self, thresholds: HealthThresholds) -> Health {
        if self.reach(thresholds.down) {
            Health::Down(self)
        } else if self.reach(thresholds.degraded) {
            Health::Degraded(self)
        } else {
            Health::Up(self)
        }
    }

    const fn reach(&self, percent: u32) -> bool {
        let (open, chosen) = (self.open as u128, self.chosen() as u128);
        0 < open && percent as u128 * chosen <= open * 100
    }
}

/// A line for people. No more than eight names are written out.
impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.as_str(), self.counts())
    }
}

/// `1 of 7 circuits open (payment_api)`. No more than eight names are written out.
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
        for (place, name) in self.names.iter().take(MOST_NAMES).enumerate() {
            write!(f, "{}{name}", if place == 0 { " (" } else { ", " })?;
        }
        match self.names.len() {
            0 => Ok(()),
            1..=MOST_NAMES => f.write_str(")"),
            names => write!(f, " and {} more)", names - MOST_NAMES),
        }
    }
}

const MOST_NAMES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(open: usize, others: usize) -> HealthCounts {
        // The others in every state that is not open.
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
