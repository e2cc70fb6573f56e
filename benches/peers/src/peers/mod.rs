//! Who is measured: a file each. To add a peer, add its file and its line in [`all`].

mod attribute;
mod bare;
mod breaker;
mod circuit_breaker;
mod circuitbreaker_rs;
mod failsafe;
mod nobreak;
mod recloser;
mod shelf;
mod tower_resilience;

use crate::subject::{Calls, Rule, Subject, Tasks, Why};

/// A way to make a call, as its users make it.
///
/// A peer is configured as near to the rule as it can be. Where it has no such rule it says why;
/// where it has one of that name that counts something else, its calls carry the flaw
/// ([`Calls::but`]), and `check` holds it to what it says.
pub trait Peer: Sync {
    /// The head of its column.
    fn name(&self) -> &'static str;

    /// What its users write into their manifest; `None` for none.
    fn package(&self) -> Option<Package>;

    /// Calls from threads through a new breaker under that rule.
    ///
    /// # Errors
    ///
    /// Why there are none.
    fn calls(&self, rule: Rule) -> Result<Calls, Why>;

    /// Calls from tasks through a new breaker under that rule.
    ///
    /// # Errors
    ///
    /// Why there are none.
    fn tasks(&self, rule: Rule) -> Result<Tasks, Why>;

    /// Calls from threads through breakers that are looked up by key, among 10 000.
    ///
    /// # Errors
    ///
    /// Why there are none.
    fn keyed(&self) -> Result<Calls, Why>;

    /// Calls through a new breaker, from this thread, as often as one asks.
    ///
    /// # Errors
    ///
    /// Why there are none.
    fn fresh(&self, rule: Rule) -> Result<Subject, Why> {
        let calls = self.calls(rule).map(Subject::Sync);
        calls.or_else(|why| self.tasks(rule).map(Subject::Async).map_err(|_| why))
    }
}

/// A dependency as a manifest names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Package {
    /// The crate's name.
    pub name: &'static str,
    /// The features that this bench switches on.
    pub features: &'static [&'static str],
}

/// Everybody, in the order of the columns.
#[must_use]
pub fn all() -> Vec<&'static dyn Peer> {
    vec![
        &bare::Bare,
        &attribute::Attribute,
        &breaker::Handle,
        &recloser::Peer,
        &failsafe::Peer,
        &tower_resilience::Peer,
        &circuitbreaker_rs::Peer,
        &nobreak::Peer,
        &circuit_breaker::Peer,
    ]
}

/// How many of brama's columns come first, after the bare call's.
pub const OURS: std::ops::RangeInclusive<usize> = 1..=2;

/// A day: no opening ends while it is measured.
const LONG: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);
