//! Which breakers have points of their own, and the sum of the others.

use std::collections::{HashMap, HashSet};

use brama::{Identity, metrics::Series};

/// The breakers with points of their own. A breaker never moves to or from the sum while it exists,
/// so that no count of the sum goes backwards.
#[derive(Debug)]
pub(crate) struct Listed {
    most: usize,
    own: HashSet<Identity<'static>>,
    /// The last series of each breaker that is summed.
    summed: HashMap<Identity<'static>, Series>,
    /// Summed breakers without a key that are gone. If they return, their counts go on.
    absent: HashMap<Identity<'static>, Series>,
    /// The counts of summed breakers with a key that are gone. If they return, they begin at zero.
    gone: Series,
}

impl Listed {
    pub(crate) fn new(most: usize) -> Self {
        let gone = Series::sum_of(&Identity::new(Series::OTHER));
        Self { most, own: HashSet::new(), summed: HashMap::new(), absent: HashMap::new(), gone }
    }

    /// Divides the series of one pass. Returns those with points of their own, and last the sum of
    /// the others, if there ever was one.
    pub(crate) fn divide(&mut self, all: Vec<Series>) -> Vec<Series> {
        self.forget_missing(&all);
        let (mut own, mut summed) = (Vec::new(), HashMap::new());
        for series in all {
            if self.lists(&series) {
                own.push(series);
            } else {
                self.absent.remove(&series.identity);
                summed.insert(series.identity.clone(), series);
            }
        }
        self.summed = summed;
        let sum = self.sum();
        own.extend((sum != Series::sum_of(&sum.identity)).then_some(sum));
        own
    }

    fn lists(&mut self, series: &Series) -> bool {
        let Self { most, own, summed, absent, .. } = self;
        let identity = &series.identity;
        if own.contains(identity) {
            return true;
        }
        // Its attributes are those of the sum.
        if *identity == Identity::new(Series::OTHER) {
            return false;
        }
        let was_summed = summed.contains_key(identity) || absent.contains_key(identity);
        !was_summed && own.len() < *most && own.insert(identity.clone())
    }

    /// Forgets breakers that are gone. The counts of those in the sum stay there.
    fn forget_missing(&mut self, all: &[Series]) {
        let present: HashSet<_> = all.iter().map(|series| &series.identity).collect();
        self.own.retain(|identity| present.contains(identity));
        for (identity, series) in self.summed.extract_if(|identity, _| !present.contains(identity))
        {
            if identity.key().is_none() {
                self.absent.insert(identity, series);
            } else {
                self.gone.add_counts(&series);
            }
        }
    }

    fn sum(&self) -> Series {
        let mut sum = self.gone.clone();
        self.summed.values().for_each(|series| sum.add_breaker(series));
        self.absent.values().for_each(|series| sum.add_counts(series));
        sum
    }
}
