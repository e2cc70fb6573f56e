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

    /// Estimates the length of the page in bytes, for most pages too high. Reserved memory that is
    /// not written to costs nothing.
    pub(super) fn bytes(&self) -> usize {
        let with_durations = self.series.iter().filter(|(_, it)| it.durations.is_some()).count();
        let lines = LINES * self.series.len() + LINES_OF_DURATIONS * with_durations;
        let labels = self.labels.len() / self.series.len().max(1);
        HEADS.saturating_add(lines.saturating_mul(labels + BYTES_BESIDE_LABELS))
    }

    /// Iterates over the labels of each series and the series itself.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Series)> {
        let labels = |range: &Range<usize>| self.labels.get(range.clone()).unwrap_or_default();
        self.series.iter().map(move |(range, series)| (labels(range), series))
    }
}

/// Lines of a breaker, without its durations.
const LINES: usize = 22;

/// Lines of the durations of two outcomes.
const LINES_OF_DURATIONS: usize = 60;

/// Bytes of a line beside the labels of the breaker.
const BYTES_BESIDE_LABELS: usize = 64;

/// Bytes of what stands above the lines.
const HEADS: usize = 8 * 1024;
