//! A circuit and its oracle, told the same.

use std::hash::Hash;

use crate::{
    harness::Stand,
    oracle::Oracle,
    oracle_policy::Terms,
    signal::{Signal, View},
};

#[derive(Debug, Clone, Hash)]
pub(crate) struct Pair {
    pub(crate) stand: Stand,
    pub(crate) oracle: Oracle,
}

impl Pair {
    pub(crate) fn new(terms: Terms) -> Self {
        Self { stand: Stand::new(&terms), oracle: Oracle::new(terms) }
    }

    /// The pair after one more signal, once both agree; `None` where no permit is left to end.
    pub(crate) fn after(&self, signal: Signal) -> Option<Self> {
        let mut pair = self.clone();
        pair.step(signal)?;
        Some(pair)
    }

    pub(crate) fn step(&mut self, signal: Signal) -> Option<()> {
        let (seen, expected) = (self.stand.step(signal), self.oracle.step(signal));
        assert!(seen == expected, "{}\nexpected {expected:#?}\nseen {seen:#?}", self.told());
        let (view, expected) = (self.stand.view(), self.oracle.view());
        assert!(view == expected, "{}\nexpected {expected:#?}\nseen {view:#?}", self.told());
        seen.map(drop)
    }

    /// Puts other terms in force: all that may change at once is who is admitted.
    pub(crate) fn configure(&mut self, terms: Terms) {
        let before = self.stand.view();
        self.stand.policy = terms.policy();
        self.oracle.terms = terms;
        let after = self.stand.view();
        let View { would_admit, rejects_until, .. } = before;
        assert_eq!(View { would_admit, rejects_until, ..after }, before, "{}", self.told());
    }

    fn told(&self) -> String {
        format!("under {:#?}\nafter {:?}", self.oracle.terms, self.stand.heard)
    }
}
