//! The source of a rejection: why the circuit was open.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use super::{rare_state::Opened, rejection::Rejection, slot::SharedSlot};
use crate::{
    circuit::{By, Cause, Lasting, Rule, State},
    duration::Rounded,
    identity::Identity,
};

/// The source of a [`CircuitOpen`]: why the circuit was open when it rejected a call.
///
/// A transparent wrapper around a `CircuitOpen` returns this as its source. A chain of errors
/// therefore still shows that it began with a rejection: see [`CircuitOpen::find_in`].
///
/// [`CircuitOpen`]: super::CircuitOpen
/// [`CircuitOpen::find_in`]: super::CircuitOpen::find_in
#[derive(Clone)]
pub struct Opening {
    pub(super) slot: SharedSlot,
    pub(super) rejection: Rejection,
}

impl Opening {
    pub(super) fn debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(name);
        shown
            .field("identity", self.identity())
            .field("state", &self.state())
            .field("opening", &self.number())
            .field("retry_after", &self.retry_after());
        if self.is_saturated() {
            shown.field("is_saturated", &true);
        }
        shown.finish()
    }

    /// Returns the identity of the breaker that rejected the call.
    #[must_use]
    pub fn identity(&self) -> &Identity<'static> {
        self.slot.identity()
    }

    /// Returns the number of the opening, as status and events show it. The first opening of a
    /// breaker is 1.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.rejection.number()
    }

    /// Returns the state in which the call was rejected.
    #[must_use]
    pub const fn state(&self) -> State {
        self.rejection.state()
    }

    /// Returns the duration after which a retry made sense; `None` if that was unknown (see
    /// [`CircuitOpen::retry_after`]).
    ///
    /// [`CircuitOpen::retry_after`]: super::CircuitOpen::retry_after
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.rejection.retry_after()
    }

    /// Returns the value for a header `Retry-After` (see [`CircuitOpen::retry_after_secs`]).
    ///
    /// [`CircuitOpen::retry_after_secs`]: super::CircuitOpen::retry_after_secs
    #[must_use]
    pub const fn retry_after_secs(&self) -> Option<u64> {
        match (self.retry_after(), self.state()) {
            (Some(left), _) => Some(whole_seconds(left)),
            (None, State::HalfOpen) if !self.is_saturated() => Some(1),
            (None, _) => None,
        }
    }

    /// Returns whether the call was rejected because too many were in flight.
    #[must_use]
    pub const fn is_saturated(&self) -> bool {
        self.rejection.is_saturated()
    }

    /// Returns the cause of the rejection (see [`CircuitOpen::cause`]).
    ///
    /// [`CircuitOpen::cause`]: super::CircuitOpen::cause
    #[must_use]
    pub fn cause(&self) -> Option<Arc<Cause>> {
        if let Some(saturation) = self.rejection.saturation() {
            return Some(Arc::new(saturation.cause()));
        }
        if self.is_overlaid() {
            return Some(Arc::new(cause_of_overlay(self.overlaid_by())));
        }
        self.slot.opened(self.number()).map(|opened| opened.cause)
    }

    /// Returns whether an overlay of a fleet rejected the call.
    #[must_use]
    pub const fn is_overlaid(&self) -> bool {
        self.rejection.is_overlaid()
    }

    /// Who has laid the overlay that rejected the call, and why, if the breaker still knows.
    pub(super) fn overlaid_by(&self) -> Option<By> {
        self.slot.author_of_overlay(self.rejection.overlay()?)
    }
}

/// `opened 12 s ago: 10 failures in a row reached failure_threshold 10; last: connection refused`
///
/// If the opening does not simply last for the fixed `expiry` of the policy, its duration and the
/// reason follow the age: `opened 12 s ago for 20 s (progressive, opening 3 in a row): …`. If too
/// many calls were in flight: `10 calls are in flight, concurrency_limit is 10`.
impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(saturation) = self.rejection.saturation() {
            return saturation.cause().fmt(f);
        }
        if self.is_overlaid() {
            return cause_of_overlay(self.overlaid_by()).fmt(f);
        }
        match self.slot.opened(self.number()) {
            Some(Opened { at, cause, .. }) => {
                let ago = self.slot.time_now().since(at);
                write!(f, "opened {} ago{}: {cause}", Rounded(ago), Lasting(&cause))
            }
            None => f.write_str("opened several openings ago"),
        }
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.debug("Opening", f)
    }
}

impl Error for Opening {}

/// Rounds up to whole seconds, at least 1.
const fn whole_seconds(left: Duration) -> u64 {
    let seconds = left.as_secs().saturating_add((left.subsec_nanos() != 0) as u64);
    if seconds == 0 { 1 } else { seconds }
}

/// The evidence of a rejection: who has laid the overlay, and why.
fn cause_of_overlay(by: Option<By>) -> Cause {
    let reasons = by.map(|by| by.to_string().into()).into_iter().collect();
    Cause { reasons, ..Cause::of_rule(Rule::Overlay) }
}
