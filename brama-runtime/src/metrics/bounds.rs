//! The bounds of the buckets on a page, as labels.

use std::iter::zip;

use crate::histogram::DurationHistogram;

/// The labels `le` of the bounds, which all histograms share: the powers of two of a second.
pub(super) struct Bounds(Vec<String>);

impl Bounds {
    pub(super) fn new() -> Self {
        let bounds = DurationHistogram::default();
        Self(bounds.cumulative().map(|(bound, _)| format!(",le=\"{}\"", decimal(bound))).collect())
    }

    /// The label of each bound, and how many calls took at most as long.
    pub(super) fn of<'a>(
        &'a self,
        histogram: &'a DurationHistogram,
    ) -> impl Iterator<Item = (&'a str, u64)> {
        zip(&self.0, histogram.cumulative()).map(|(label, (_, below))| (label.as_str(), below))
    }
}

/// A bound without an exponent, and with a point, as OpenMetrics writes numbers in labels.
fn decimal(bound: f64) -> String {
    if bound < 1.0 { format!("{bound}") } else { format!("{bound:.1}") }
}
