//! The events of a step, collected under the lock and sent before the lock is released.

use std::{sync::Arc, time::SystemTime};

use super::locked::Locked;
use crate::{
    bus::{Bus, Wakes},
    circuit::{Abandoned, Action, Cause, Fate, Policy, State, Tick, Verdict},
    event::{Event, EventDetail, EventKinds},
    identity::Identity,
    time::clock::Time,
};

/// When a step happens. Read before the lock is taken, because clocks may be user code.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timestamp {
    pub(super) now: Tick,
    /// The calendar time; `None` if the registry has no subscription.
    pub(super) time: Option<SystemTime>,
}

impl Timestamp {
    /// Returns the time on the registry's clock.
    pub(crate) const fn now(self) -> Tick {
        self.now
    }
}

/// The events of one step, in the order in which they are sent.
pub(super) struct PendingEvents {
    timestamp: Timestamp,
    /// Whether the step began or ended in an opening, so that its events carry the number of the
    /// opening.
    in_opening: bool,
    /// Whether the circuit entered a state, be it the same again.
    pub(super) has_change: bool,
    /// Whether the first event is that of the breaker's creation, which is number 1 by itself.
    announces_creation: bool,
    details: Vec<EventDetail>,
}

impl PendingEvents {
    /// Creates the list for a step at `timestamp`, without events.
    pub(super) const fn of(timestamp: Timestamp) -> Self {
        let (in_opening, has_change, announces_creation) = (false, false, false);
        Self { timestamp, in_opening, has_change, announces_creation, details: Vec::new() }
    }

    /// Creates the list for the creation of a breaker, with its event.
    pub(super) fn of_creation(timestamp: Timestamp) -> Self {
        let details = vec![EventDetail::Registered];
        Self { announces_creation: true, details, ..Self::of(timestamp) }
    }

    pub(super) const fn now(&self) -> Tick {
        self.timestamp.now
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.details.is_empty()
    }

    /// Adds an event of a call if there may be a subscriber.
    pub(super) fn add_call(&mut self, detail: impl FnOnce() -> EventDetail) {
        if self.timestamp.time.is_some() {
            self.details.push(detail());
        }
    }

    /// Adds a change of state or an event of the breaker's life. These are numbered even without a
    /// subscriber.
    pub(super) fn add(&mut self, detail: EventDetail) {
        self.details.push(detail);
    }

    /// Adds the outcome of a call.
    pub(super) fn add_outcome(&mut self, verdict: &Verdict, policy: &Policy) {
        match verdict {
            Verdict::Success { .. } => self.add_call(|| EventDetail::Success),
            Verdict::Failure { reason, .. } | Verdict::Trip { reason, .. } => {
                self.add_call(|| EventDetail::Failure { reason: reason.clone() });
            }
            Verdict::Ignore | Verdict::InnerRejection => self.add_call(|| EventDetail::Ignored),
            Verdict::Abandoned { .. } => {
                if policy.abandoned() == Abandoned::Failure {
                    self.add_call(|| EventDetail::Failure { reason: "abandoned".into() });
                }
                self.add_call(|| EventDetail::Abandoned);
            }
        }
    }

    /// Adds events for an outcome that came late, and for a call that was slow.
    pub(super) fn add_fate(&mut self, fate: Fate, is_slow: bool) {
        if matches!(fate, Fate::Late | Fate::Extended) {
            self.add_call(|| EventDetail::Late);
        }
        if is_slow {
            self.add_call(|| EventDetail::Slow);
        }
    }
}

impl Locked {
    /// Records that a hint has prolonged the opening in progress.
    #[cold]
    pub(super) fn note_extension(&mut self, pending: &mut PendingEvents) {
        let Some(duration) = self.circuit.open_duration() else { return };
        if let Some(opened) = self.rare_mut().openings.back_mut() {
            Arc::make_mut(&mut opened.cause).duration = Some(duration);
        }
        pending.add(EventDetail::Extended { duration });
    }
}

impl PendingEvents {
    /// Adds an event if the state is another one, and an event if the change is a reset.
    pub(super) fn add_change(&mut self, from: State, to: State, cause: &Arc<Cause>) {
        self.in_opening |= is_opening(from);
        if from != to {
            let cause = Arc::clone(cause);
            self.add(EventDetail::StateChanged { from, to, cause });
        }
        if matches!(cause.by_hand, Some((Action::Reset, _))) {
            self.add(EventDetail::Reset { cause: Arc::clone(cause) });
        }
    }

    /// Puts the events into the subscribers' queues. The lock is held, so that they stay in order.
    /// Observers see the changes when the wake-ups are triggered.
    pub(super) fn send(
        self,
        locked: &mut Locked,
        identity: &Identity<'static>,
        bus: &Bus,
        clock: &Time,
    ) -> Wakes {
        let Self { timestamp: Timestamp { now, time }, in_opening, details, .. } = self;
        let mut announces_creation = self.announces_creation;
        let mut wakes = Wakes::default();
        if details.is_empty() {
            return wakes;
        }
        wakes.add_event();
        let in_opening = in_opening || is_opening(locked.circuit.state());
        let opening = in_opening.then(|| locked.circuit.opening());
        for detail in details {
            let is_numbered = EventKinds::CHANGES.contains(detail.kind());
            if is_numbered && !announces_creation {
                locked.count_event();
            }
            announces_creation = false;
            let is_seen = is_numbered && bus.is_seen(&detail, identity);
            if time.is_none() && !is_seen {
                continue;
            }
            let event = Event {
                identity: identity.clone(),
                connection_kind: locked.layers().kind(),
                labels: locked.layers().labels(),
                number: locked.number(),
                opening,
                at: now,
                time: time.unwrap_or(SystemTime::UNIX_EPOCH),
                detail,
                missed: 0,
            };
            if time.is_some() {
                bus.send(&event, &mut wakes);
            }
            if is_seen {
                let clock = time.is_none().then_some(clock);
                bus.show_later(event, clock, &mut wakes);
            }
        }
        wakes
    }
}

const fn is_opening(state: State) -> bool {
    match state {
        State::Open | State::HalfOpen | State::ForcedOpen => true,
        State::Closed | State::Disabled => false,
    }
}
