//! What a circuit remembers of calls since it closed.

use std::{fmt, iter::repeat_n};

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{
    Circuit, Phase, Policy, Reason, Tick, WindowCounts, outage::Outage, outcome_ring::CallFlags,
    window::WindowState,
};

/// The outcomes in the window, the reasons of the last failures, and the outage since the circuit
/// was closed.
///
/// One box holds them. A circuit that has no window rule and has never failed or opened has no box.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    pub(super) window_state: WindowState,
    pub(super) reasons: RecentReasons,
    /// `None` while the circuit is closed, unless the present run of failures has a hint.
    pub(super) outage: Option<Box<Outage>>,
}

impl History {
    pub(super) const fn is_empty(&self) -> bool {
        let (window, reasons) = (&self.window_state, &self.reasons);
        matches!((window, reasons), (WindowState::Empty, RecentReasons::None))
            && self.outage.is_none()
    }

    /// Counts successes that were not reported one by one.
    ///
    /// Without a window rule, they do not enter the window. The window is incomplete then, so it is
    /// emptied and starts anew under the next policy with such a rule.
    pub(super) fn count_successes(&mut self, policy: &Policy, count: u64) {
        if !policy.has_window_rule() && 0 < count {
            self.window_state = WindowState::Empty;
        } else {
            self.window_state.push_successes(count);
        }
    }
}

/// The reasons of the last failures, oldest first: at most [`MOST`].
///
/// Most outages have one reason, which is stored once. Room for other reasons is allocated when
/// they occur, and then kept, so that failures with alternating reasons do not allocate either.
#[derive(Clone, Default)]
#[cfg_attr(
    feature = "serde",
    derive(Serialize, Deserialize),
    serde(try_from = "Vec<Reason>", into = "Vec<Reason>")
)]
pub(super) enum RecentReasons {
    #[default]
    None,
    Same(Reason, usize),
    /// Boxed because it is three times as large. Filled from the end: the first places are empty
    /// until there were [`MOST`] reasons.
    Mixed(Box<[Option<Reason>; MOST]>),
}

/// How many reasons are kept as evidence.
pub(super) const MOST: usize = 4;

impl RecentReasons {
    pub(super) fn push(&mut self, reason: Reason) {
        match self {
            Self::Same(same, times) if *same == reason => *times = MOST.min(*times + 1),
            Self::None => *self = Self::Same(reason, 1),
            Self::Same(..) => {
                let mut mixed = Box::default();
                self.iter().cloned().for_each(|reason| add(&mut mixed, reason));
                add(&mut mixed, reason);
                *self = Self::Mixed(mixed);
            }
            Self::Mixed(mixed) => add(mixed, reason),
        }
    }

    /// Replaces each reason.
    pub(super) fn replace(&mut self, replaced: impl Fn(Reason) -> Reason) {
        let reasons: Vec<_> = self.iter().cloned().collect();
        *self = Self::None;
        for reason in reasons {
            self.push(replaced(reason));
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Reason> {
        let (same, mixed) = match self {
            Self::None => (None, None),
            Self::Same(reason, times) => (Some(repeat_n(reason, *times)), None),
            Self::Mixed(mixed) => (None, Some(mixed.iter().flatten())),
        };
        same.into_iter().flatten().chain(mixed.into_iter().flatten())
    }
}

impl fmt::Debug for RecentReasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

fn add(mixed: &mut [Option<Reason>; MOST], reason: Reason) {
    mixed.rotate_left(1);
    let [.., newest] = mixed;
    *newest = Some(reason);
}

impl Circuit {
    pub(super) fn count_success(&mut self) {
        self.successes = self.successes.saturating_add(1);
        self.end_run_of_failures();
    }

    pub(super) fn count_failure(&mut self, reason: Reason) {
        self.failures = self.failures.saturating_add(1);
        self.successes = 0;
        self.history.get_or_insert_default().reasons.push(reason);
    }

    pub(super) fn end_run_of_failures(&mut self) {
        self.failures = 0;
        self.forget_hints();
    }

    pub(super) fn remember(&mut self, policy: &Policy, flags: CallFlags, now: Tick) {
        if policy.has_window_rule() {
            let window_state = &mut self.history.get_or_insert_default().window_state;
            window_state.turn(policy.window, now);
            window_state.push(flags);
        } else if let Some(history) = &mut self.history {
            history.window_state = WindowState::Empty;
        }
    }

    /// Gives the window of a closed circuit the shape that the policy configures, as the next
    /// outcome would. Returns the counts of a window that is lost, because the new one is of
    /// another unit.
    pub(crate) fn reshape_window(&mut self, policy: &Policy, now: Tick) -> Option<WindowCounts> {
        let is_judged =
            matches!(self.phase, Phase::Closed | Phase::Ramp { .. }) && policy.has_window_rule();
        let window_state = &mut self.history.as_mut().filter(|_| is_judged)?.window_state;
        if matches!(window_state, WindowState::Empty) {
            return None;
        }
        let is_lost = window_state.is_of_another_unit(policy.window);
        let lost = is_lost.then(|| window_state.counts(now));
        window_state.turn(policy.window, now);
        lost.filter(|lost| 0 < lost.calls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_four_are_kept_however_they_repeat() {
        for number in 0..3_usize.pow(7) {
            let texts = (0..7).map(|place| ["a", "b", "c"][number / 3_usize.pow(place) % 3]);
            let (mut reasons, mut pushed) = (RecentReasons::default(), Vec::new());
            for text in texts {
                reasons.push(text.into());
                pushed.push(text);
                let last = pushed.iter().skip(pushed.len().saturating_sub(4));
                assert!(reasons.iter().eq(last), "{reasons:?} of {pushed:?}");
            }
        }
    }
}
