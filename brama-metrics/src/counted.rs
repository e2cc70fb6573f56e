//! What was counted of each breaker, to publish what was added.

use std::collections::{HashMap, HashSet};

use brama::{Identity, metrics::Series};

/// What was counted of each breaker up to the last pass.
///
/// A counter of the facade is added to. `absolute` would keep the counter of a key that was evicted
/// until its new count is larger than the one before.
#[derive(Debug, Default)]
pub(crate) struct CountedSeries {
    passes: u64,
    last: HashMap<Identity<'static>, Last>,
}

#[derive(Debug)]
struct Last {
    series: Series,
    /// The number of the last pass that found the breaker.
    seen: u64,
}

/// How many breakers with a key are remembered while they are gone. Few return with their counts:
/// those of which a handle exists.
const MOST_GONE: usize = 10_000;

impl CountedSeries {
    /// Returns the number of passes.
    pub(crate) const fn passes(&self) -> u64 {
        self.passes
    }

    /// Counts what one pass has read. Returns each series, and the same with what was added since
    /// the last pass.
    ///
    /// Returns `None` if another pass was counted since this one began, the `begin`th: it may be
    /// newer, and counters never fall.
    pub(crate) fn count(&mut self, all: Vec<Series>, begin: u64) -> Option<Vec<(Series, Series)>> {
        if self.passes != begin {
            return None;
        }
        self.passes += 1;
        let counted = all.into_iter().map(|series| {
            let added = self.added(&series);
            (series, added)
        });
        let counted = counted.collect();
        self.forget_oldest();
        Some(counted)
    }

    fn added(&mut self, series: &Series) -> Series {
        let last = Last { series: series.clone(), seen: self.passes };
        match self.last.insert(series.identity.clone(), last) {
            Some(before) => series.counts_since(&before.series),
            None => series.clone(),
        }
    }

    fn forget_oldest(&mut self) {
        let gone = |(identity, last): (&Identity<'static>, &Last)| {
            let is_missing = last.seen < self.passes;
            (is_missing && identity.key().is_some()).then(|| (last.seen, identity.clone()))
        };
        let mut gone: Vec<_> = self.last.iter().filter_map(gone).collect();
        let too_many = gone.len().saturating_sub(MOST_GONE);
        gone.sort_unstable();
        gone.truncate(too_many);
        let gone: HashSet<_> = gone.into_iter().map(|(_, identity)| identity).collect();
        self.last.retain(|identity, _| !gone.contains(identity));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_come_and_go_are_not_remembered_without_end() {
        let mut counted = CountedSeries::default();
        for key in 0..MOST_GONE + 100 {
            let mut series = Series::sum_of(&Identity::new("a"));
            series.identity = Identity::new("a").with_key(key).into_owned();
            let begin = counted.passes();
            if key % 100 == 0 {
                counted.forget_oldest();
            }
            counted.last.insert(series.identity.clone(), Last { series, seen: begin });
            counted.passes += 1;
        }
        counted.forget_oldest();
        assert_eq!(counted.last.len(), MOST_GONE);
    }

    #[test]
    fn a_pass_that_another_has_overtaken_is_not_counted() {
        let mut counted = CountedSeries::default();
        let begin = counted.passes();
        assert!(counted.count(Vec::new(), begin).is_some());
        assert!(counted.count(Vec::new(), begin).is_none());
    }
}
