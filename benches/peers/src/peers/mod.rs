//! The peers that are compared, a file for each. A new peer needs a file and a line in [`all`].

mod attribute;
mod bare;
mod breaker;
mod circuit_breaker;
mod circuitbreaker_rs;
mod failsafe;
mod keyed;
mod nobreak;
mod recloser;
mod tower_resilience;

use crate::subject::{Calls, Note, Rule, Subject, Tasks};

/// A way to make a call, as users of the crate make it.
///
/// Each peer is configured as close to the rule as possible. If it has no such rule, it returns a
/// note. If its rule of that name counts something else, its calls are marked with the flaw
/// ([`Calls::with_flaw`]), and `check` verifies both cases.
pub trait Peer: Sync {
    /// The peer's name in the tables.
    fn name(&self) -> &'static str;

    /// The dependency that its users add, if any.
    fn package(&self) -> Option<Package>;

    /// Calls from threads through a new breaker with this rule.
    ///
    /// # Errors
    ///
    /// A note if the peer has no such calls.
    fn calls(&self, rule: Rule) -> Result<Calls, Note>;

    /// Calls from tasks through a new breaker with this rule.
    ///
    /// # Errors
    ///
    /// A note if the peer has no such calls.
    fn tasks(&self, rule: Rule) -> Result<Tasks, Note>;

    /// Calls from threads that look up their breaker among 10 000 keys.
    ///
    /// # Errors
    ///
    /// A note if the peer has no such calls.
    fn keyed(&self) -> Result<Calls, Note>;

    /// Calls from this thread through a new breaker. May be used any number of times.
    ///
    /// # Errors
    ///
    /// A note if the peer has no such calls.
    fn fresh(&self, rule: Rule) -> Result<Subject, Note> {
        let calls = self.calls(rule).map(Subject::Sync);
        calls.or_else(|note| self.tasks(rule).map(Subject::Async).map_err(|_| note))
    }
}

/// A dependency in a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Package {
    /// The crate's name.
    pub name: &'static str,
    /// The features that this bench enables.
    pub features: &'static [&'static str],
}

/// All peers, in the order of the tables.
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

/// The places of brama's peers, after the bare call.
pub const OURS: std::ops::RangeInclusive<usize> = 1..=2;

/// A day, so that no breaker leaves the open state during a measurement.
const LONG: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);
