//! The status of a breaker: a snapshot.

mod health;
mod past_opening;
mod rate;
mod rejections;
mod series;
mod transitions;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

#[cfg(feature = "serde")]
use serde::Serialize;

pub use self::{
    health::{Health, HealthCounts, HealthThresholds},
    past_opening::PastOpening,
    rate::Rate,
    rejections::Rejections,
    series::Series,
    transitions::Transitions,
};
use crate::{
    circuit::{Cause, Lasting, Policy, Reason, State, Tick, WindowCounts},
    config::Settings,
    connection::{ConnectionKind, Labels},
    counters::Totals,
    duration::Rounded,
    histogram::Durations,
    identity::Identity,
    overlay::{self, OverlayStatus},
};

/// A snapshot of a breaker. Taking one changes nothing.
///
/// `Display` prints a line for people: `payment_api is open, next attempt in 48 s: 10 failures in a
/// row reached failure_threshold 10; last: connection refused`. If the duration of the opening is
/// not simply the policy's fixed `expiry`, the line contains it with its reason: `payment_api is
/// open for 20 s (progressive, opening 3 in a row), next attempt in 8 s: …`. If there is a
/// `concurrency_limit`, the calls in flight follow: `payment_api is closed; 3 calls are in flight,
/// concurrency_limit is 50`.
///
/// In JSON (feature `serde`), `time` and `since` are texts as RFC 3339 defines them, in UTC with
/// milliseconds, `at` is a number of nanoseconds, and a duration is a text such as `"1m 30s"`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Status {
    /// The breaker's identity.
    pub identity: Identity<'static>,
    /// The kind of dependency, from `register` or else the attribute's `type`.
    pub kind: Option<ConnectionKind>,
    /// The labels from `register`.
    pub labels: Labels,
    /// The recorded state: a circuit past the deadline of its opening is still open until its next
    /// call, report or cleanup.
    pub state: State,
    /// The number of the breaker's last change, as in [`Event`](crate::event::Event); zero if there
    /// was none.
    pub number: u64,
    /// When the snapshot was taken, on the registry's clock.
    pub at: Tick,
    /// When the snapshot was taken, on the calendar.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::calendar::serialize"))]
    pub time: SystemTime,
    /// When the state began, on the registry's clock. JSON contains `since_time` under this name.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub since: Tick,
    /// When the state began, on the calendar: as far back from `time` as `since` is from `at`.
    #[cfg_attr(
        feature = "serde",
        serde(rename = "since", serialize_with = "crate::calendar::serialize")
    )]
    pub since_time: SystemTime,
    /// The time left of the opening, zero past its deadline; `None` in every other state.
    #[cfg_attr(feature = "serde", serde(with = "crate::circuit::serde_impls::text"))]
    pub retry_after: Option<Duration>,
    /// The number of failures in a row. An open circuit keeps the run that opened it.
    pub failures: u64,
    /// The number of successes in a row.
    pub successes: u64,
    /// The number of probes in flight, without those that lost their places; zero unless half-open,
    /// and during a ramp.
    pub probes: u32,
    /// The number of calls in flight that hold a place; `None` if `concurrency_limit` is off.
    pub in_flight: Option<u64>,
    /// The share of calls that the ramp after an outage admits, per mille; `None` outside a ramp.
    pub admitting: Option<u32>,
    /// Whether the present opening only observes, because `max_open_share` of the identifier's keys
    /// reject already. Its calls run, and count as rejected. It takes effect with the next call
    /// after enough other keys have closed.
    pub held_back: bool,
    /// The overlay of a fleet in force, which rejects calls whatever the state; `None` without one.
    pub overlay: Option<OverlayStatus>,
    /// The number of openings since the circuit was last closed, forced openings excluded.
    pub trips: u32,
    /// The counts in the window; zero if no rule judges it.
    pub window: WindowCounts,
    /// How many calls the window holds once it is full; `None` if it is a window of time, or if the
    /// policy has neither a rate nor `failure_count`.
    pub window_size: Option<u32>,
    /// The share of failures in the window.
    pub failure_rate: Rate,
    /// The share of slow calls in the window.
    pub slow_call_rate: Rate,
    /// The counts of all events since the breaker was created.
    pub totals: Totals,
    /// How long calls took; `None` if the setting `durations` is off and was never on.
    pub durations: Option<Durations>,
    /// The numbers of rejected calls, by cause.
    pub rejections: Rejections,
    /// How often the circuit went from one state to another.
    pub transitions: Transitions,
    /// The policy that the layers of configuration resolve to.
    pub policy: Arc<Policy>,
    /// Every setting of the policy, with the layer it comes from.
    pub settings: Settings,
    /// Whether a kill switch, the operator's or the configuration's, puts the breaker into shadow,
    /// whatever its policy.
    pub shadow_all: bool,
    /// The number of the last opening, beginning at 1; `None` if the circuit never opened.
    pub opening: Option<u64>,
    /// The cause of the last opening; `None` if the circuit never opened.
    pub cause: Option<Arc<Cause>>,
    /// The last openings, at most four, oldest first. Unregistering the breaker clears them.
    pub openings: Vec<PastOpening>,
    /// The reasons of the last failures since the circuit closed, at most four, oldest first.
    pub reasons: Vec<Reason>,
    /// Problems with the breaker's configuration and use; empty if there are none.
    ///
    /// They report
    ///
    /// - settings without effect (see [`Policy::lint`]),
    /// - settings of two layers that contradict each other, and two attributes that differ,
    /// - subscriptions to this breaker that have lost events,
    /// - a closed circuit whose last ten or more calls were all abandoned, and an open or half-open
    ///   one whose last three or more probes were,
    /// - a `concurrency_limit` that has rejected calls without a free place for `probe_timeout` or
    ///   longer, as if its calls hang,
    /// - how many calls found no room for their key (see [`Identity::is_overflow`]),
    /// - the last reload of the registry, while it is one that failed.
    pub warnings: Vec<String>,
}

impl Status {
    /// Whether an overlay rejects every call.
    fn is_rejected_by_overlay(&self) -> bool {
        self.hears_overlay() && self.overlay.as_ref().is_some_and(OverlayStatus::rejects)
    }

    /// The limit of calls in flight; a disabled breaker has none.
    fn limit_in_effect(&self) -> Option<u32> {
        match self.state {
            State::Closed | State::Open | State::HalfOpen | State::ForcedOpen => {
                self.policy.concurrency_limit()
            }
            State::Disabled => None,
        }
    }

    fn hears_overlay(&self) -> bool {
        overlay::is_heard(self.state, self.policy.shadow() || self.shadow_all)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}", self.identity, self.state.in_words())?;
        if let (Some(cause), State::Open) = (&self.cause, self.state) {
            Lasting(cause).fmt(f)?;
        }
        if let Some(retry_after) = self.retry_after {
            write!(f, ", next attempt in {}", Rounded(retry_after))?;
        }
        match (&self.cause, self.state) {
            (Some(cause), State::Open | State::HalfOpen | State::ForcedOpen) => {
                write!(f, ": {cause}")
            }
            (Some(_), State::Closed | State::Disabled) | (None, _) => Ok(()),
        }?;
        if let (Some(calls), Some(limit)) = (self.in_flight, self.limit_in_effect()) {
            write!(f, "; {}", Cause::saturated(calls, limit))?;
        }
        if let Some(overlay) = &self.overlay {
            let effect = if self.hears_overlay() { "" } else { " without effect" };
            write!(f, "; an overlay{effect} {overlay}")?;
        }
        if self.shadow_all { f.write_str("; every breaker is in shadow") } else { Ok(()) }
    }
}
