//! The snapshot that a page is made of: a format wants the lines of a family together.

use std::ops::Range;

use crate::{
    identity::Identity,
    registry::{Registry, RegistryCounts},
    status::Series,
};

/// The series of all breakers, each with its labels, and the counts of the registry.
pub(super) struct Snapshot {
    series: Vec<(Range<usize>, Series)>,
    /// The labels of all series, one after the other.
    labels: String,
    pub(super) counts: RegistryCounts,
}

impl Snapshot {
    /// Reads a registry in one pass. `write_labels` adds the labels of an identity.
    pub(super) fn of(registry: &Registry, write_labels: fn(&Identity<'_>, &mut String)) -> Self {
        let (mut all, mut labels) = (Vec::new(), String::new());
        let counts = registry.take_each_series(|series| {
            let begin = labels.len();
            write_labels(&series.identity, &mut labels);
            all.push((begin..labels.len(), series));
        });
        Self { series: all, labels, counts }
    }

    /// Iterates over the labels of each series and the series itself.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Series)> {
        let labels = |range: &Range<usize>| self.labels.get(range.clone()).unwrap_or_default();
        self.series.iter().map(move |(range, series)| (labels(range), series))
    }
}
