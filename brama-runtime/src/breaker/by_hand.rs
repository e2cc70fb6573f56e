//! What an operator does to a breaker by hand.

use std::time::Duration;

use super::Breaker;
use crate::{
    circuit::{Action, By},
    error::InvalidLength,
};

impl Breaker {
    /// Opens the circuit for the duration that its policy sets. The opening counts as a trip.
    ///
    /// `by` is the reason: a text, a reference to an error, or `()` for no reason.
    /// `By::actor("alice", "maintenance")` also records the actor. This holds for all actions by
    /// hand.
    pub fn open(&self, by: impl Into<By>) {
        self.slot.act(Action::Open(None), by.into());
    }

    /// Opens the circuit for `duration`, this once. The opening counts as a trip.
    ///
    /// # Errors
    ///
    /// [`InvalidLength`] if the duration is not a whole number of milliseconds or is shorter than 1
    /// ms. Nothing is changed then.
    pub fn open_for(&self, duration: Duration, by: impl Into<By>) -> Result<(), InvalidLength> {
        let duration = InvalidLength::check(duration)?;
        self.slot.act(Action::Open(Some(duration)), by.into());
        Ok(())
    }

    /// Rejects every call until the circuit is changed by hand again.
    pub fn force_open(&self, by: impl Into<By>) {
        self.slot.act(Action::ForceOpen, by.into());
    }

    /// Closes the circuit. Runs, trips and the window start empty.
    pub fn close(&self, by: impl Into<By>) {
        self.slot.act(Action::Close, by.into());
    }

    /// Closes the circuit like [`close`](Self::close), and records a reset. The totals are kept,
    /// because counters never go backwards.
    pub fn reset(&self, by: impl Into<By>) {
        self.slot.act(Action::Reset, by.into());
    }

    /// Admits every call and judges none, until the circuit is changed by hand again.
    pub fn disable(&self, by: impl Into<By>) {
        self.slot.act(Action::Disable, by.into());
    }
}
