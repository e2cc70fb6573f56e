//! The resumption of a circuit on a clock that reads less than its ticks.

use std::time::Duration;

use super::{
    Circuit, Phase, Probes, Tick,
    history::{ChangedState, History},
    opening::Term,
    outage::{Hint, Outage},
    window::{Buckets, WindowState, place},
};

impl Circuit {
    /// Returns the circuit without ticks in the future: each that lies after `now` becomes `now`.
    ///
    /// Call it for a circuit that was written by another process. If its ticks were measured on a
    /// clock that was ahead, or has another origin, the circuit would wait until this clock has
    /// caught up. The deadline of an opening moves with its beginning, so from `now` the opening
    /// lasts at most its full length. Outcomes in a window of time count as the latest ones.
    /// A circuit whose ticks have all passed stays as it is.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{Policy, circuit::{Action, Circuit, Tick}};
    ///
    /// let mut node = Circuit::new(0);
    /// node.act(&Policy::DEFAULT, Action::Open(None), "".into(), Tick::from_millis(9_000_000));
    /// let node = node.resumed_at(Tick::from_millis(7_000));
    /// assert_eq!(node.since(), Tick::from_millis(7_000));
    /// assert_eq!(node.until(), Some(Tick::from_millis(67_000)));
    /// ```
    #[must_use]
    pub fn resumed_at(self, now: Tick) -> Self {
        let Self { seed, since, successes, history } = self;
        let history = history.map(|history| Box::new(history.resumed_at(since, now)));
        Self { seed, since: since.min(now), successes, history }
    }
}

impl Phase {
    fn resumed_at(self, since: Tick, now: Tick) -> Self {
        match self {
            Self::Open { until } if now < since => {
                Self::Open { until: now.after(until.since(since)) }
            }
            Self::Ramp { until } if now < since => {
                Self::Ramp { until: now.after(until.since(since)) }
            }
            Self::HalfOpen(Probes { in_flight, newest }) => {
                Self::HalfOpen(Probes { in_flight, newest: newest.min(now) })
            }
            phase @ (Self::Open { .. }
            | Self::Ramp { .. }
            | Self::Closed
            | Self::ForcedOpen
            | Self::Disabled) => phase,
        }
    }
}

impl History {
    fn resumed_at(self, since: Tick, now: Tick) -> Self {
        let window_state = match self.window_state {
            WindowState::Time(buckets) => WindowState::Time(Box::new(buckets.resumed_at(now))),
            window_state @ (WindowState::Empty | WindowState::Calls(_)) => window_state,
        };
        let changed = self.changed.map(|changed| Box::new(changed.resumed_at(since, now)));
        Self { changed, window_state, ..self }
    }
}

impl ChangedState {
    fn resumed_at(self, since: Tick, now: Tick) -> Self {
        let ahead = since.since(now);
        let outage = self.outage.map(|outage| Box::new(outage.resumed_at(ahead, now)));
        Self { phase: self.phase.resumed_at(since, now), outage, ..self }
    }
}

impl Outage {
    /// Moves the hint of the opening back by as much as the opening was ahead, and the hint of the
    /// run by as much as that hint was ahead.
    fn resumed_at(self, ahead: Duration, now: Tick) -> Self {
        let term =
            self.term.map(|term| Term { hinted_until: term.hinted_until.before(ahead), ..term });
        let hint = self.hint.map(|hint| hint.resumed_at(now));
        Self { hint, term, ..self }
    }
}

impl Hint {
    fn resumed_at(self, now: Tick) -> Self {
        let Self { at, until } = self;
        Self { at: at.min(now), until: until.before(at.since(now)) }
    }
}

impl Buckets {
    /// Moves all buckets by as many places as the newest is ahead.
    ///
    /// Shortly after the clock's origin, the oldest would lie before it. They take the places of
    /// buckets to come, which are emptied before they are counted.
    fn resumed_at(self, now: Tick) -> Self {
        let Self { width, number, mut ring } = self;
        let ahead = number.saturating_sub(now.as_nanos() / width);
        ring.rotate_left(place(ahead));
        Self { width, number: number - ahead, ring }
    }
}
