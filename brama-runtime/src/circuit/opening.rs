//! The length of one opening: by the expiry, less jitter, or by a retry-after hint.

use std::time::Duration;

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{
    Circuit, DurationSource, OpenDuration, Phase, Policy, Tick,
    draw::draw,
    expiry::{millis, to_permille},
};
#[cfg(feature = "serde")]
use crate::circuit::serde_impls::exact::ExactDuration;

/// The term of an opening: how long it lasts, and what may still change that.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(deny_unknown_fields))]
pub(super) struct Term {
    #[cfg_attr(feature = "serde", serde(with = "ExactDuration"))]
    pub(super) length: OpenDuration,
    /// What the policy gave, or would have given without a hint or a duration by hand.
    #[cfg_attr(feature = "serde", serde(with = "super::serde_impls::nanos"))]
    pub(super) wait: Duration,
    /// The latest time that a retry-after hint asked for in this opening; the origin if there was
    /// no hint.
    pub(super) hinted_until: Tick,
    pub(super) is_by_hand: bool,
}

impl Circuit {
    /// The term of an opening by a rule: the wait, less jitter, or longer, up to the latest time
    /// that the hints of the run ask for.
    pub(super) fn term_by_rule(&self, policy: &Policy, now: Tick) -> Term {
        let length =
            self.wait(policy).jittered(policy, self.seed, self.generation().next().number());
        let hinted = self.hint().map(|hint| hint.left(now));
        let hinted_until = hinted.map_or(Tick::ORIGIN, |hinted| now.after(hinted));
        let wait = length.duration;
        Term {
            length: length.lengthened(hinted.unwrap_or_default()),
            wait,
            hinted_until,
            is_by_hand: false,
        }
    }

    /// The term of an opening by a trip outcome: as long as its hint, if that is at least
    /// [`MIN_TRIP_HINT`]; otherwise as long as an opening by a rule.
    pub(super) fn term_by_trip(&self, policy: &Policy, hint: Option<Duration>, now: Tick) -> Term {
        let term = self.term_by_rule(policy, now);
        match hint.filter(|hint| MIN_TRIP_HINT <= *hint) {
            Some(hint) => {
                let length = OpenDuration::hinted(policy.cut(hint));
                Term { length, hinted_until: now.after(length.duration), ..term }
            }
            None => term,
        }
    }

    pub(super) fn term_by_hand(&self, policy: &Policy, duration: Option<Duration>) -> Term {
        let wait = self.wait(policy);
        let length = duration.map_or(wait, |duration| OpenDuration {
            duration,
            source: DurationSource::ByHand,
            jitter: Duration::ZERO,
        });
        Term { length, wait: wait.duration, hinted_until: Tick::ORIGIN, is_by_hand: true }
    }

    /// Ends an opening earlier if the policy's wait for it is shorter than the one that it began
    /// with. Returns how long the opening lasts now; `None` if it is unchanged.
    ///
    /// It then ends as if it had begun under this policy, or now if that is past, and never later
    /// than before. An opening by hand, or as long as a hint, stays as it is.
    pub fn shorten(&mut self, policy: &Policy, now: Tick) -> Option<OpenDuration> {
        let Phase::Open { until } = self.phase() else { return None };
        let (seed, since, generation) = (self.seed, self.since, self.generation().number());
        let wait = wait_after(policy, self.trips().saturating_sub(1));
        let wait = wait.jittered(policy, seed, generation);
        let term = self.term_mut()?;
        let ends = since.after(wait.duration).max(now).max(term.hinted_until);
        if !term.is_by_policy() || until <= ends {
            return None;
        }
        let length = OpenDuration { duration: ends.since(since), ..wait };
        (term.length, term.wait) = (length, length.duration);
        self.changed_mut().phase = Phase::Open { until: ends };
        Some(length)
    }

    fn wait(&self, policy: &Policy) -> OpenDuration {
        wait_after(policy, self.trips())
    }
}

/// Returns how long an opening after `trips` others lasts, without jitter.
fn wait_after(policy: &Policy, trips: u32) -> OpenDuration {
    let progressive = policy.expiry.is_progressive();
    let source =
        if progressive { DurationSource::Progressive { trips } } else { DurationSource::Fixed };
    OpenDuration { duration: policy.expiry.wait(trips), source, jitter: Duration::ZERO }
}

impl Term {
    /// Whether the policy alone determined the length.
    const fn is_by_policy(&self) -> bool {
        match self.length.source {
            DurationSource::Fixed | DurationSource::Progressive { .. } => !self.is_by_hand,
            DurationSource::RetryAfter | DurationSource::Repeated | DurationSource::ByHand => false,
        }
    }

    /// The term of the opening after inconclusive probes: as long as the one before, without the
    /// time that a hint or an action by hand added.
    pub(super) fn repeated(self) -> Self {
        let duration = self.length.duration.min(self.wait);
        let source = DurationSource::Repeated;
        let length = OpenDuration { duration, source, jitter: Duration::ZERO };
        Self { length, wait: duration, hinted_until: Tick::ORIGIN, is_by_hand: false }
    }
}

impl OpenDuration {
    const fn hinted(duration: Duration) -> Self {
        Self { duration, source: DurationSource::RetryAfter, jitter: Duration::ZERO }
    }

    /// Shortens the opening by a share of at most `jitter`, computed from seed and generation only.
    fn jittered(self, policy: &Policy, seed: u64, generation: u64) -> Self {
        let most = to_permille(policy.jitter).unwrap_or_default();
        let wait = millis(self.duration);
        let drawn = u128::from(draw(seed, &[generation]));
        let taken = (u128::from(wait) * u128::from(most) * drawn) / (1000 << 32);
        let jitter = Duration::from_millis(u64::try_from(taken).unwrap_or_default());
        Self { duration: self.duration.saturating_sub(jitter), jitter, ..self }
    }

    /// Lengthens the opening to `hinted`, if that is longer.
    pub(super) fn lengthened(self, hinted: Duration) -> Self {
        if self.duration < hinted { Self::hinted(hinted) } else { self }
    }
}

/// A shorter hint of a trip is ignored: a server must not be able to switch its protection off.
const MIN_TRIP_HINT: Duration = Duration::from_secs(1);
