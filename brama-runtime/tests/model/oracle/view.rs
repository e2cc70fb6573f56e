//! What can be seen of an oracle, and what of it can still have an effect.

use std::hash::{Hash, Hasher};

use brama_runtime::api::{State, circuit::Tick};

use super::{Oracle, opening::trailing_inconclusive};
use crate::{
    history::latest_hint,
    signal::{View, tick},
};

impl Oracle {
    pub(crate) fn view(&self) -> View {
        View {
            state: self.state,
            generation: self.generation,
            opening: self.opening,
            since: tick(self.since),
            until: self.until().map(tick),
            retry_after: self.retry_after(),
            failures: self.failures(),
            successes: self.successes(),
            trips: self.trips,
            probes: u32::try_from(self.probes.len()).unwrap_or(u32::MAX),
            counts: self.counts(),
            open_duration: self.open_duration(),
            admitting: self.ramp.map(|ramp| ramp.permille(self.now)),
            would_admit: self.policy.shadow || self.is_available(),
            rejects_until: self.rejects_until(),
        }
    }

    fn rejects_until(&self) -> Option<Tick> {
        match self.state {
            State::Closed | State::Disabled => None,
            State::Open => self.until().map(tick),
            State::HalfOpen if self.ramp.is_some() || self.has_place() => None,
            State::HalfOpen => Some(tick(self.places_lost_at())),
            State::ForcedOpen => Some(Tick::NEVER),
        }
    }

    fn is_available(&self) -> bool {
        match self.state {
            State::ForcedOpen => false,
            State::Closed | State::Disabled | State::Open | State::HalfOpen => {
                self.rejects_until().is_none_or(|until| until <= tick(self.now))
            }
        }
    }
}

/// Outcomes that have left the window, or that precede a run, have no effect any more.
impl Hash for Oracle {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.view(), self.now, self.opened_with, self.first, self.was_shortened).hash(hasher);
        (&self.permits, &self.probes, self.history.window(self.policy.window, self.now))
            .hash(hasher);
        (latest_hint(&self.outcomes), trailing_inconclusive(&self.endings)).hash(hasher);
        (self.last, self.ramp).hash(hasher);
    }
}
