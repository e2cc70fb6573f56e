//! A change of state, with the evidence for it.

use std::{fmt, time::Duration};

use super::{Action, By, Generation, Quantity, Reason, State, Tick, WindowCounts};
use crate::duration::Rounded;

/// A transition of a circuit into a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The state that the circuit left.
    pub from: State,
    /// The state that the circuit entered; equal to `from` if an action restarted the state.
    pub to: State,
    /// The generation that begins with the change.
    pub generation: Generation,
    /// When the circuit changed.
    pub at: Tick,
    /// Why the circuit changed.
    pub cause: Cause,
}

impl Change {
    /// Returns whether the change leads to another state. A restart of a state is not announced.
    #[must_use]
    pub fn is_announced(&self) -> bool {
        self.from != self.to
    }
}

/// Why a circuit entered a state: the rule, and its evidence.
///
/// Its `Display` is for people: "10 failures in a row reached `failure_threshold` 10; last:
/// connection refused".
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cause {
    /// The rule that decided.
    pub rule: Rule,
    /// The limit of the rule; `None` if it has none.
    pub limit: Option<Limit>,
    /// Failures in a row; successes in a row for [`Rule::SuccessThreshold`], inconclusive probes in
    /// a row for [`Rule::InconclusiveProbes`], calls in flight for [`Rule::Saturated`].
    pub run: u64,
    /// The counts of the window; zeros if no rule judges it.
    pub counts: WindowCounts,
    /// The reasons of the last failures, oldest first.
    pub reasons: Vec<Reason>,
    /// How long the opening lasts; `None` if the new state is not [`State::Open`].
    pub duration: Option<OpenDuration>,
    /// The action by hand, with its actor and reason; `None` if a rule decided.
    pub by_hand: Option<(Action, By)>,
    /// Whether the opening only observes, because `max_open_share` of the identifier's keys reject
    /// already. Always `false` for a circuit without a breaker.
    pub held_back: bool,
}

impl Cause {
    /// A cause without evidence.
    pub(crate) const fn of_rule(rule: Rule) -> Self {
        Self {
            rule,
            limit: None,
            run: 0,
            counts: WindowCounts { calls: 0, failures: 0, slow: 0 },
            reasons: Vec::new(),
            duration: None,
            by_hand: None,
            held_back: false,
        }
    }

    /// The cause of a rejection because so many calls are in flight.
    pub(crate) fn saturated(calls: u64, limit: u32) -> Self {
        let limit = Some(Limit::Count(limit));
        Self { run: calls, limit, ..Self::of_rule(Rule::Saturated) }
    }
}

/// The limit of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// A number of calls.
    Count(u32),
    /// A percentage, in hundredths of a per cent: 5 000 is 50 %.
    Hundredths(u32),
}

/// Writes `10` or `33.34 %`.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Hundredths(hundredths) => write!(f, "{} %", f64::from(*hundredths) / 100.0),
        }
    }
}

/// The rule by which a circuit enters a state, or a breaker rejects a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// Failures in a row reached `failure_threshold`: opens.
    FailureThreshold,
    /// Failures in the window reached `failure_count`: opens.
    FailureCount,
    /// The share of failures reached `failure_rate`: opens.
    FailureRate,
    /// The share of slow calls reached `slow_call_rate`: opens.
    SlowCallRate,
    /// A failure was a trip outcome, which opens at once.
    Trip,
    /// A probe failed, or was slow while a slow-call rate is set: opens.
    ProbeFailed,
    /// Probes in a row ended ignored or abandoned: opens, for as long as the opening before.
    InconclusiveProbes,
    /// An action by hand.
    ByHand,
    /// The deadline of the opening came: becomes half-open.
    Expiry,
    /// A health check passed while open: becomes half-open.
    HealthCheck,
    /// Successes in a row reached `success_threshold`: closes.
    SuccessThreshold,
    /// The ramp after an outage is over: closes.
    Ramp,
    /// The calls in flight reached `concurrency_limit`: rejects a call, and changes no state.
    Saturated,
    /// An overlay of a fleet: rejects a call, and changes no state.
    Overlay,
}

impl Rule {
    /// Returns the name in text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FailureThreshold => "failure_threshold",
            Self::FailureCount => "failure_count",
            Self::FailureRate => "failure_rate",
            Self::SlowCallRate => "slow_call_rate",
            Self::Trip => "trip",
            Self::ProbeFailed => "probe_failed",
            Self::InconclusiveProbes => "inconclusive_probes",
            Self::ByHand => "by_hand",
            Self::Expiry => "expiry",
            Self::HealthCheck => "health_check",
            Self::SuccessThreshold => "success_threshold",
            Self::Ramp => "ramp",
            Self::Saturated => "saturated",
            Self::Overlay => "overlay",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How long an opening lasts, and what determined that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OpenDuration {
    /// The time from the opening to its deadline.
    pub duration: Duration,
    /// What determined the duration.
    pub source: DurationSource,
    /// The time by which jitter shortened the opening; `duration` is what remains.
    pub jitter: Duration,
}

/// What determined the duration of an opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DurationSource {
    /// A fixed `expiry`.
    Fixed,
    /// A progressive `expiry`, after `trips` openings since the circuit last closed.
    Progressive {
        /// Openings before this one.
        trips: u32,
    },
    /// A failure's retry-after hint, up to `retry_after_cap`.
    RetryAfter,
    /// The opening before, which inconclusive probes did not end.
    Repeated,
    /// The duration given with the action.
    ByHand,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, run, counts, .. } = self;
        let WindowCounts { calls, failures, slow } = counts;
        let limit = self.limit.unwrap_or(Limit::Count(0));
        match rule {
            Rule::FailureThreshold => {
                write!(f, "{} in a row reached {rule} {limit}", Quantity(*run, "failure"))
            }
            Rule::FailureCount => {
                let failures = Quantity(*failures, "failure");
                write!(f, "{failures} in the window reached {rule} {limit}")
            }
            Rule::FailureRate => {
                let calls = Quantity(*calls, "call");
                write!(f, "{failures} of {calls} failed, {rule} is {limit}")
            }
            Rule::SlowCallRate => {
                let (calls, verb) =
                    (Quantity(*calls, "call"), if *slow == 1 { "was" } else { "were" });
                write!(f, "{slow} of {calls} {verb} slow, {rule} is {limit}")
            }
            Rule::Trip => f.write_str("a failure opened it at once"),
            Rule::ProbeFailed => f.write_str("a probe failed"),
            Rule::InconclusiveProbes => {
                write!(f, "{} in a row ended ignored or abandoned", Quantity(*run, "probe"))
            }
            Rule::ByHand => f.write_str("by "),
            Rule::Expiry => f.write_str("the opening was over"),
            Rule::HealthCheck => f.write_str("a health check passed"),
            Rule::SuccessThreshold => {
                write!(f, "{} in a row reached {rule} {limit}", Quantity(*run, "success"))
            }
            Rule::Ramp => f.write_str("the ramp was over"),
            Rule::Overlay => f.write_str("an overlay rejects calls"),
            Rule::Saturated => {
                let (calls, verb) = (Quantity(*run, "call"), if *run == 1 { "is" } else { "are" });
                write!(f, "{calls} {verb} in flight, concurrency_limit is {limit}")
            }
        }?;
        if let Some((action, by)) = &self.by_hand {
            let who: &dyn fmt::Display = by.who().map_or(&"hand", |who| who);
            return write!(f, "{who} ({action}): {}", by.reason());
        }
        let is_of_one = matches!(rule, Rule::Trip | Rule::ProbeFailed | Rule::Overlay);
        let before_last = if is_of_one { ": " } else { "; last: " };
        self.reasons.last().map_or(Ok(()), |last| write!(f, "{before_last}{last}"))?;
        if self.held_back { f.write_str(HELD_BACK) } else { Ok(()) }
    }
}

impl OpenDuration {
    /// Returns what determined the duration, in words.
    pub(crate) const fn why(self) -> impl fmt::Display {
        Why(self)
    }
}

const HELD_BACK: &str = "; it only observes, because `max_open_share` of the keys reject already";

impl fmt::Display for OpenDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", Rounded(self.duration), self.why())
    }
}

/// How long an opening lasts and why, as a suffix of its state's name.
///
/// For example ` for 20 s (progressive, opening 3 in a row)`. Empty for a change that is not an
/// opening, and for a fixed expiry without jitter, which needs no explanation.
pub(crate) struct Lasting<'a>(pub(crate) &'a Cause);

impl fmt::Display for Lasting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.duration {
            Some(length) if length.source != DurationSource::Fixed || !length.jitter.is_zero() => {
                write!(f, " for {} ({})", Rounded(length.duration), length.why())
            }
            Some(_) | None => Ok(()),
        }
    }
}

struct Why(OpenDuration);

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(OpenDuration { source, jitter, .. }) = self;
        match source {
            DurationSource::Fixed => f.write_str("fixed"),
            DurationSource::Progressive { trips: 0 } => {
                f.write_str("progressive, the first opening")
            }
            DurationSource::Progressive { trips } => {
                write!(f, "progressive, opening {} in a row", trips.saturating_add(1))
            }
            DurationSource::RetryAfter => f.write_str("from the failure's retry-after hint"),
            DurationSource::Repeated => f.write_str("as long as the opening before"),
            DurationSource::ByHand => f.write_str("as given by hand"),
        }?;
        if jitter.is_zero() { Ok(()) } else { write!(f, ", jitter took {}", Rounded(*jitter)) }
    }
}
