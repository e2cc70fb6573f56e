//! The watch: the last known status of both breakers.

use brama::{State, Status};

use crate::{
    api::{Api, Each},
    phase::Phase,
};

#[derive(Debug, Default)]
pub(crate) struct Watch {
    seen: Each<Option<Status>>,
    /// The last opening before the present phase.
    opening_before: Each<Option<u64>>,
}

impl Watch {
    /// Looks again, and returns the status if it is to be reported.
    pub(crate) fn look(&mut self, api: Api) -> Option<&Status> {
        let before = self.seen.of_mut(api);
        let now = brama::status(api.name())?;
        let is_reported = before.as_ref().is_some_and(|before| is_reported(before, &now));
        let now = before.insert(now);
        is_reported.then_some(now)
    }

    /// The breaker at the last look; `None` before its first call.
    pub(crate) fn seen(&self, api: Api) -> Option<&Status> {
        self.seen.of(api).as_ref()
    }

    /// Starts the next phase: openings up to now no longer count.
    pub(crate) fn turn(&mut self) {
        for api in Api::ALL {
            *self.opening_before.of_mut(api) = self.seen(api).and_then(|status| status.opening);
        }
    }

    /// Whether the circuit shows what the service does in that phase.
    pub(crate) fn shows(&self, phase: Phase, api: Api) -> bool {
        self.seen(api).is_some_and(|status| match phase.complaint() {
            Some(_) => status.state == State::Open && *self.opening_before.of(api) < status.opening,
            None => status.state == State::Closed,
        })
    }
}

/// A half-open circuit is reported once a probe has succeeded: before that, it soon opens again.
fn is_reported(before: &Status, now: &Status) -> bool {
    match now.state {
        State::HalfOpen => before.successes < now.successes,
        State::Open => before.opening != now.opening,
        State::Closed | State::ForcedOpen | State::Disabled => before.state != now.state,
    }
}
