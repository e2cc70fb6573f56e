//! Every sequence of signals up to a depth.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use crate::{
    harness::Harness,
    signal::{Answer, Signal},
    table,
};

/// Visits every sequence of up to `depth` signals.
///
/// The search is breadth first, so that the first sequence that fails is a shortest one. Sequences
/// with equal ends are continued once.
pub(crate) fn enumerate_sequences<S: Hash>(
    root: S,
    signals: &[Signal],
    depth: usize,
    visit: impl Fn(&S, Signal) -> Option<S>,
) {
    let mut ends = vec![root];
    let mut seen = HashSet::new();
    for left in (0..depth).rev() {
        let mut further = Vec::new();
        for end in &ends {
            let next = signals.iter().filter_map(|signal| visit(end, *signal));
            further.extend(next.filter(|end| 0 < left && seen.insert(digest(end))));
        }
        ends = further;
    }
}

/// Checks the circuit after every short sequence of signals.
pub(crate) fn everywhere(check: impl Fn(&Harness)) {
    each_step(|_, _, after| check(after));
}

/// Checks each step of every short sequence of signals.
pub(crate) fn each_step(check: impl Fn(&Harness, &Answer, &Harness)) {
    for row in table::rows() {
        enumerate_sequences(Harness::new(&row.policy), &row.signals, 5, |before, signal| {
            let mut after = before.clone();
            let answer = after.step(signal)?;
            check(before, &answer, &after);
            Some(after)
        });
    }
}

fn digest(end: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    end.hash(&mut hasher);
    hasher.finish()
}
