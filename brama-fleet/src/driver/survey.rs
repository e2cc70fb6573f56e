//! Surveys: which breakers of a registry had traffic, and which calls overlays have rejected.

use std::{
    collections::{BTreeSet, HashMap},
    mem,
};

use brama_runtime::api::{
    __private::is_awaited,
    Breaker, Registry, State, Status, Totals,
    status::{BreakerFilter, Rejections},
};

use super::{observed::is_by_rule, shared_name};
use crate::{BreakerName, ballot::CallCounts, engine::Traffic, node::Survey};

/// The breakers of a registry by their names.
pub(super) struct Surveyor {
    registry: Registry,
    known: HashMap<BreakerName, Seen>,
    /// Whether no survey was made yet: breakers with calls then count as used, the calls do not.
    is_first: bool,
}

/// What was last seen of a breaker.
#[derive(Default)]
struct Seen {
    totals: Totals,
    /// A node whose calls are rejected has traffic too: it stays a member through an outage.
    rejections: Rejections,
    /// The calls that overlays had rejected when the node began to wait for one.
    rejected: Option<u64>,
}

impl Surveyor {
    pub(super) fn new(registry: Registry) -> Self {
        let mut known = HashMap::new();
        registry.for_each_status(&BreakerFilter::new(), |status| {
            if let Some(name) = shared_name(&status.identity) {
                known.insert(name, Seen::of(status));
            }
        });
        Self { registry, known, is_first: true }
    }

    /// Looks at each breaker, and forgets those that are gone.
    pub(super) fn survey(&mut self) -> Survey {
        let (mut survey, mut known) = (Survey::default(), HashMap::new());
        let before = &mut self.known;
        let is_first = mem::replace(&mut self.is_first, false);
        self.registry.for_each_status(&BreakerFilter::new(), |status| {
            let Some(name) = shared_name(&status.identity) else { return };
            let seen = before.remove(&name);
            let seen = seen.unwrap_or_default();
            let is_used =
                !seen.is_present(status) || (is_first && !Seen::default().is_present(status));
            if is_used {
                let counts = counts_between(&seen.totals, &status.totals);
                survey.used.push(Traffic { breaker: name.clone(), counts });
            }
            add_state(&mut survey, status, &name);
            known.insert(name, Seen { rejected: seen.rejected, ..Seen::of(status) });
        });
        self.known = known;
        survey
    }

    /// The breaker of this name, if the registry has it.
    pub(super) fn find(&self, name: &BreakerName) -> Option<Breaker> {
        self.registry.find(&name.to_identity()?)
    }

    /// Whether an overlay has rejected a call of this breaker since this was last asked, or a task
    /// waits for its end, and the circuit would let a call through: the lease of a node whose own
    /// circuit rejects is wasted.
    pub(super) fn is_wanted(&mut self, name: &BreakerName) -> bool {
        let Some(breaker) = self.find(name) else { return false };
        let status = breaker.status();
        let is_open = status.retry_after.is_some_and(|left| !left.is_zero());
        let rejected = status.rejections.fleet;
        let seen = self.known.entry(name.clone()).or_default();
        let before = seen.rejected.replace(rejected);
        let has_rejected = before.is_some_and(|before| before < rejected);
        !is_open && (has_rejected || is_awaited(&breaker))
    }

    /// Forgets the rejected calls of breakers that the fleet waits for no more.
    pub(super) fn forget_all_but(&mut self, wanting: &BTreeSet<BreakerName>) {
        let others = self.known.iter_mut().filter(|(name, _)| !wanting.contains(name));
        others.for_each(|(_, seen)| seen.rejected = None);
    }
}

impl Seen {
    fn of(status: &Status) -> Self {
        Self { totals: status.totals, rejections: status.rejections, rejected: None }
    }

    /// Whether no call was made since.
    fn is_present(&self, status: &Status) -> bool {
        (self.totals, self.rejections) == (status.totals, status.rejections)
    }
}

/// The calls between two surveys. A breaker that was removed and created again begins anew.
fn counts_between(before: &Totals, now: &Totals) -> CallCounts {
    let since = |before: u64, now: u64| {
        u32::try_from(now.checked_sub(before).unwrap_or(now)).unwrap_or(u32::MAX)
    };
    let failures = since(before.failures, now.failures);
    let calls = since(before.successes, now.successes).saturating_add(failures);
    CallCounts { calls, failures }
}

fn add_state(survey: &mut Survey, status: &Status, name: &BreakerName) {
    let is_by_rule = status.cause.as_ref().is_some_and(|cause| is_by_rule(cause));
    match status.state {
        State::Open if is_by_rule => survey.open.push(name.clone()),
        State::HalfOpen => survey.half_open.push(name.clone()),
        State::Open | State::Closed | State::ForcedOpen | State::Disabled => {}
    }
}
