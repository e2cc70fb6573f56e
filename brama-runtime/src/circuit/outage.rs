//! What a circuit remembers of an outage, from the first opening until it closes.

use std::time::Duration;

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{Circuit, Policy, Tick, opening::Term};

/// What hints and openings leave behind: the present run's hints, the last opening, and the probes
/// since it became half-open.
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(deny_unknown_fields))]
pub(super) struct Outage {
    /// The retry-after hint of the present run of failures that asks for the latest time.
    pub(super) hint: Option<Hint>,
    /// The last opening; `None` if the circuit has not opened since it was last closed.
    pub(super) term: Option<Term>,
    /// Whether a health check has shortened an opening. Calls contradicted it if the circuit has
    /// opened again, so no check shortens another one.
    pub(super) shortened_by_check: bool,
    /// How often the probes of this half-open were displaced: each time began a generation.
    pub(super) displaced: u64,
    /// Inconclusive probes in a row.
    pub(super) inconclusive: u32,
    /// Calls that the ramp admitted or rejected.
    pub(super) ramp_calls: u64,
}

/// When a failure came with a retry-after hint, and until when the hint asks to wait.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(deny_unknown_fields))]
pub(super) struct Hint {
    pub(super) at: Tick,
    pub(super) until: Tick,
}

impl Hint {
    /// What is left of the hint; all of it on a clock that has stepped back.
    pub(super) fn left(self, now: Tick) -> Duration {
        self.until.since(now.max(self.at))
    }
}

impl Circuit {
    pub(super) fn outage(&self) -> Option<&Outage> {
        self.changed()?.outage.as_deref()
    }

    pub(super) fn outage_mut(&mut self) -> Option<&mut Outage> {
        self.history.as_mut()?.changed.as_mut()?.outage.as_deref_mut()
    }

    /// The term of the last opening since the circuit was last closed.
    pub(super) fn term(&self) -> Option<&Term> {
        self.outage()?.term.as_ref()
    }

    pub(super) fn term_mut(&mut self) -> Option<&mut Term> {
        self.outage_mut()?.term.as_mut()
    }

    /// Remembers the time that a failure's hint asks for, until the run of failures ends.
    #[inline]
    pub(super) fn remember_hint(&mut self, policy: &Policy, hint: Option<Duration>, now: Tick) {
        if let Some(hint) = hint {
            let outage = self.changed_mut().outage.get_or_insert_default();
            let hint = Hint { at: now, until: now.after(policy.cut(hint)) };
            if outage.hint.is_none_or(|latest| latest.until < hint.until) {
                outage.hint = Some(hint);
            }
        }
    }

    /// The hint of the present run of failures that asks for the latest time.
    pub(super) fn hint(&self) -> Option<Hint> {
        self.outage()?.hint
    }

    /// Forgets the hints at the end of a run of failures.
    #[inline]
    pub(super) fn forget_hints(&mut self) {
        if let Some(history) = &mut self.history
            && let Some(changed) = &mut history.changed
            && let Some(outage) = &mut changed.outage
        {
            outage.hint = None;
            if outage.term.is_none() {
                changed.outage = None;
            }
        }
    }

    /// Begins the outage, or its next opening.
    pub(super) fn begin_opening(&mut self, term: Term) {
        self.changed_mut().outage.get_or_insert_default().term = Some(term);
    }

    /// Forgets the outage, and keeps what a closed circuit remembers.
    pub(super) fn end_outage(&mut self) {
        let changed = self.changed_mut();
        if let Some(outage) = changed.outage.as_deref() {
            let hinted = Outage { hint: outage.hint, ..Outage::default() };
            changed.outage = outage.hint.map(|_| Box::new(hinted));
        }
    }

    /// Forgets the probes of an earlier half-open.
    pub(super) fn begin_probes(&mut self) {
        if let Some(outage) = self.outage_mut() {
            (outage.displaced, outage.inconclusive, outage.ramp_calls) = (0, 0, 0);
        }
    }

    /// Counts an inconclusive probe. Returns their number in a row once it is enough to open again.
    pub(super) fn count_inconclusive(&mut self, policy: &Policy) -> Option<u32> {
        let most = policy.half_open_limit.max(MAX_INCONCLUSIVE);
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

    /// Lets a late hint prolong the opening in progress to `named`. Returns the new deadline if
    /// that is later than `until`.
    ///
    /// A late hint counts, although a late outcome does not: it describes the server and not the
    /// call. An opening by hand stays as it is.
    pub(super) fn prolong(&mut self, policy: &Policy, named: Tick, until: Tick) -> Option<Tick> {
        let since = self.since;
        let named = named.min(since.after(policy.cut(Duration::MAX)));
        let term = self.term_mut()?;
        if term.is_by_hand {
            return None;
        }
        term.hinted_until = term.hinted_until.max(named);
        term.length = term.length.lengthened(named.since(since));
        Some(since.after(term.length.duration)).filter(|later| until < *later)
    }
}

/// How many inconclusive probes in a row end a half-open, unless `half_open_limit` is more.
const MAX_INCONCLUSIVE: u32 = 10;
