//! What a circuit remembers of an outage, from the first opening until it closes.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{Circuit, Policy, Tick, opening::Term};

/// The last opening, and the probes since it became half-open.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(deny_unknown_fields))]
pub(super) struct Outage {
    pub(super) term: Term,
    /// Whether a health check has shortened an opening. Calls contradicted it if the circuit has
    /// opened again, so no check shortens another one.
    pub(super) was_shortened: bool,
    /// How often the probes of this half-open were displaced: each time began a generation.
    pub(super) displaced: u64,
    /// Inconclusive probes in a row.
    pub(super) inconclusive: u32,
    /// Calls that the ramp admitted or rejected.
    pub(super) drawn: u64,
}

impl Outage {
    const fn new(term: Term) -> Self {
        Self { term, was_shortened: false, displaced: 0, inconclusive: 0, drawn: 0 }
    }
}

impl Circuit {
    pub(super) fn outage(&self) -> Option<&Outage> {
        self.history.as_ref()?.outage.as_deref()
    }

    pub(super) fn outage_mut(&mut self) -> Option<&mut Outage> {
        self.history.as_mut()?.outage.as_deref_mut()
    }

    /// Begins the outage, or its next opening.
    pub(super) fn begin_opening(&mut self, term: Term) {
        let history = self.history.get_or_insert_default();
        history.outage.get_or_insert_with(|| Box::new(Outage::new(term))).term = term;
    }

    /// Forgets the outage, and keeps what a closed circuit remembers.
    pub(super) fn end_outage(&mut self) {
        if let Some(history) = &mut self.history {
            history.outage = None;
        }
        self.history = self.history.take().filter(|history| !history.is_empty());
    }

    /// Forgets the probes of an earlier half-open.
    pub(super) fn begin_probes(&mut self) {
        if let Some(outage) = self.outage_mut() {
            (outage.displaced, outage.inconclusive, outage.drawn) = (0, 0, 0);
        }
    }

    /// Counts an inconclusive probe. Returns their number in a row once it is enough to open again.
    pub(super) fn count_inconclusive(&mut self, policy: &Policy) -> Option<u32> {
        let most = policy.half_open_limit.max(MOST_INCONCLUSIVE);
        let outage = self.outage_mut()?;
        outage.inconclusive = outage.inconclusive.saturating_add(1);
        (most <= outage.inconclusive).then_some(outage.inconclusive)
    }

    /// Ends the run of inconclusive probes.
    pub(super) fn count_conclusive(&mut self) {
        if let Some(outage) = self.outage_mut() {
            outage.inconclusive = 0;
        }
    }

    /// Lets a server's word prolong the opening in progress to `named`. Returns the new deadline if
    /// that is later than `until`.
    ///
    /// The word counts after the fact, because it is about the server and not about the call. An
    /// opening by hand stays as it is.
    pub(super) fn prolong(&mut self, policy: &Policy, named: Tick, until: Tick) -> Option<Tick> {
        let since = self.since;
        let named = named.min(since.after(policy.retry_after_cap));
        let term = &mut self.outage_mut()?.term;
        if term.is_by_hand {
            return None;
        }
        term.named = term.named.max(named);
        term.length = term.length.lengthened(named.since(since));
        Some(since.after(term.length.duration)).filter(|later| until < *later)
    }
}

/// How many inconclusive probes in a row end a half-open, unless `half_open_limit` is more.
const MOST_INCONCLUSIVE: u32 = 10;
