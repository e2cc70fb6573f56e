//! Admission: which calls may run.

use std::time::Duration;

use super::{Change, Circuit, Generation, Phase, Policy, Probes, Tick, draw::draw};

/// The decision whether a call may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "the outcome of an admitted call must be reported"]
pub enum Admission {
    /// The call may run. Its outcome must be reported with this generation.
    Admitted(Generation),
    /// The call may not run.
    Rejected {
        /// The time after which a retry makes sense; `None` if that is unknown, because a probe is
        /// in flight or only an action by hand helps.
        retry_after: Option<Duration>,
    },
    /// The call would have been rejected, but the policy is in shadow mode: the call runs, counts
    /// as rejected, and its outcome is not reported.
    Shadowed,
}

impl Circuit {
    /// Decides whether a call may run.
    ///
    /// A change that is due comes first, so a call exactly at the deadline of an opening is
    /// admitted.
    pub fn admit(&mut self, policy: &Policy, now: Tick) -> (Admission, Option<Change>) {
        let change = self.sweep(now);
        (self.decide(policy, now), change)
    }

    fn decide(&mut self, policy: &Policy, now: Tick) -> Admission {
        match self.phase() {
            Phase::Closed | Phase::Disabled => Admission::Admitted(self.generation()),
            Phase::Open { .. } => reject(policy, self.retry_after(now)),
            Phase::HalfOpen(probes) => self.admit_probe(probes, policy, now),
            Phase::Ramp { until } => self.admit_share(policy, until, now),
            Phase::ForcedOpen => reject(policy, None),
        }
    }

    fn admit_probe(&mut self, probes: Probes, policy: &Policy, now: Tick) -> Admission {
        let in_flight = if probes.has_place(policy) {
            probes.in_flight.saturating_add(1)
        } else if probes.lose_places_at(policy) <= now {
            self.displace_probes();
            1
        } else {
            return reject(policy, None);
        };
        self.changed_mut().phase = Phase::HalfOpen(Probes { in_flight, newest: now });
        Admission::Admitted(self.generation())
    }

    /// Takes the places of the probes in flight. Their outcomes still count.
    fn displace_probes(&mut self) {
        let changed = self.changed_mut();
        changed.generation = changed.generation.next();
        if let Some(outage) = &mut changed.outage {
            outage.displaced = outage.displaced.saturating_add(1);
        }
    }

    /// Admits the share of the calls that the ramp has reached.
    fn admit_share(&mut self, policy: &Policy, until: Tick, now: Tick) -> Admission {
        let Some(outage) = self.outage_mut() else { return reject(policy, None) };
        outage.ramp_calls = outage.ramp_calls.saturating_add(1);
        let number = outage.ramp_calls;
        let drawn = draw(self.seed, &[self.generation().number(), number]);
        if Share::at(self.since, until, now).includes(drawn) {
            return Admission::Admitted(self.generation());
        }
        let left = until.since(now.max(self.since));
        reject(policy, Some(left.min(LONGEST_RAMP_WAIT)))
    }

    /// Returns the share of calls, per mille, that a ramp admits; `None` outside a ramp.
    #[must_use]
    pub fn admitting(&self, now: Tick) -> Option<u32> {
        match self.phase() {
            Phase::Ramp { until } => Some(Share::at(self.since, until, now).permille()),
            Phase::Closed
            | Phase::Open { .. }
            | Phase::HalfOpen(_)
            | Phase::ForcedOpen
            | Phase::Disabled => None,
        }
    }

    /// Whether a share of the calls is admitted, or was when the circuit last changed.
    pub(crate) const fn is_ramp(&self) -> bool {
        matches!(self.phase(), Phase::Ramp { .. })
    }

    /// Returns whether a call at `now` would be admitted, without admitting it.
    ///
    /// A ramp admits a share of the calls, so this is true during a ramp.
    #[must_use]
    pub fn would_admit(&self, policy: &Policy, now: Tick) -> bool {
        let forced = matches!(self.phase(), Phase::ForcedOpen);
        let rejects = |until| forced || now < until;
        policy.shadow || !self.rejects_until(policy).is_some_and(rejects)
    }

    /// Returns until when every call is rejected if nothing is reported.
    ///
    /// In shadow mode, calls would be rejected until then. [`Tick::NEVER`] if only an action by
    /// hand helps; `None` if a call may run.
    #[must_use]
    pub fn rejects_until(&self, policy: &Policy) -> Option<Tick> {
        match self.phase() {
            Phase::Closed | Phase::Ramp { .. } | Phase::Disabled => None,
            Phase::Open { until } => Some(until),
            Phase::HalfOpen(probes) if probes.has_place(policy) => None,
            Phase::HalfOpen(probes) => Some(probes.lose_places_at(policy)),
            Phase::ForcedOpen => Some(Tick::NEVER),
        }
    }
}

const fn reject(policy: &Policy, retry_after: Option<Duration>) -> Admission {
    if policy.shadow { Admission::Shadowed } else { Admission::Rejected { retry_after } }
}

/// A call that the ramp rejects finds a larger share a little later.
const LONGEST_RAMP_WAIT: Duration = Duration::from_secs(1);

/// The share of calls that a ramp admits: a tenth at its beginning, all at its end.
///
/// In nanoseconds: `(length + 9 × passed) / (10 × length)`.
struct Share {
    passed: u64,
    length: u64,
}

impl Share {
    fn at(since: Tick, until: Tick, now: Tick) -> Self {
        let length = until.nanos_since(since).max(1);
        Self { passed: now.nanos_since(since).min(length), length }
    }

    const fn parts(&self) -> (u128, u128) {
        (self.length as u128 + 9 * self.passed as u128, 10 * self.length as u128)
    }

    /// Whether a number from 0 to 2³² falls into the share.
    const fn includes(&self, drawn: u32) -> bool {
        let (part, whole) = self.parts();
        drawn as u128 * whole < part << u32::BITS
    }

    fn permille(&self) -> u32 {
        let (part, whole) = self.parts();
        u32::try_from(part * 1000 / whole).unwrap_or(1000)
    }
}
