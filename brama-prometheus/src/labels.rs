//! The labels of a sample.

use std::fmt;

use brama::metrics::Series;
use prometheus_client::encoding::{EncodeLabel, EncodeLabelSet, LabelSetEncoder};

/// The labels of a breaker, and those of one of its series.
pub(crate) struct SampleLabels<'a>(
    pub(crate) &'a Series,
    pub(crate) &'a [(&'static str, &'static str)],
);

impl EncodeLabelSet for SampleLabels<'_> {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> fmt::Result {
        for (label, value) in self.0.labels() {
            (label, value.as_ref()).encode(encoder.encode_label())?;
        }
        self.1.iter().try_for_each(|label| label.encode(encoder.encode_label()))
    }
}

/// The labels of a breaker without its key.
pub(crate) struct LabelsOfIdentifier<'a>(pub(crate) &'a Series);

impl EncodeLabelSet for LabelsOfIdentifier<'_> {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> fmt::Result {
        for (label, value) in self.0.labels().filter(|(label, _)| *label != "key") {
            (label, value.as_ref()).encode(encoder.encode_label())?;
        }
        Ok(())
    }
}
