//! A circuit and its oracle, which receive equal signals.

use std::hash::Hash;

use crate::{
    harness::Harness,
    oracle::Oracle,
    oracle::policy::OraclePolicy,
    signal::{Signal, View},
};

#[derive(Debug, Clone, Hash)]
pub(crate) struct Lockstep {
    pub(crate) harness: Harness,
    pub(crate) oracle: Oracle,
}

impl Lockstep {
    pub(crate) fn new(policy: OraclePolicy) -> Self {
        Self { harness: Harness::new(&policy), oracle: Oracle::new(policy) }
    }

    /// Returns the lockstep after one more signal, on which both must agree; `None` if the signal
    /// needs a permit and none is open.
    pub(crate) fn after(&self, signal: Signal) -> Option<Self> {
        let mut lockstep = self.clone();
        lockstep.step(signal)?;
        Some(lockstep)
    }

    pub(crate) fn step(&mut self, signal: Signal) -> Option<()> {
        let (seen, expected) = (self.harness.step(signal), self.oracle.step(signal));
        assert!(seen == expected, "{}\nexpected {expected:#?}\nseen {seen:#?}", self.context());
        let (view, expected) = (self.harness.view(), self.oracle.view());
        assert!(view == expected, "{}\nexpected {expected:#?}\nseen {view:#?}", self.context());
        seen.map(drop)
    }

    /// Sets another policy. Only admission may change at once.
    pub(crate) fn configure(&mut self, policy: OraclePolicy) {
        let before = self.harness.view();
        self.harness.policy = policy.build();
        self.oracle.policy = policy;
        let after = self.harness.view();
        let View { would_admit, rejects_until, .. } = before;
        assert_eq!(View { would_admit, rejects_until, ..after }, before, "{}", self.context());
    }

    fn context(&self) -> String {
        format!("under {:#?}\nafter {:?}", self.oracle.policy, self.harness.signals)
    }
}
