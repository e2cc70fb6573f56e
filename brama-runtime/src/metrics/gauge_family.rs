//! Gauges of others on the page of a registry.

use std::fmt::Write;

use super::{
    label::{write_identity, write_label},
    page::{MetricFamily, Page, SampleValue::Real},
};
use crate::identity::Identity;

/// Gauges of one name that something beside a registry, such as a fleet, adds to its page:
/// [`Exposition::render_with`](super::Exposition::render_with).
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::metrics::{Exposition, GaugeFamily};
///
/// let connections = GaugeFamily::new("pool_connections", "Connections of a pool.");
/// let further = [connections.sample(&[("pool", "a")], 7.0)];
/// let text = Exposition::new().render_with(&brama::Registry::new(), &further);
/// assert!(text.contains("pool_connections{pool=\"a\"} 7.0\n"));
/// ```
#[derive(Debug, Clone)]
#[must_use = "a family is nowhere until a page is rendered with it"]
pub struct GaugeFamily {
    head: MetricFamily,
    /// The labels and the value of each.
    samples: Vec<(String, f64)>,
}

impl GaugeFamily {
    /// Begins a family, which is not written while it has no sample. Nothing checks that the name
    /// is valid for Prometheus, and unlike the others of the page.
    pub const fn new(name: &'static str, help: &'static str) -> Self {
        Self { head: MetricFamily::gauge(name, help), samples: Vec::new() }
    }

    /// Adds a sample with these labels, which may be none. Their values are escaped.
    pub fn sample(self, labels: &[(&'static str, &str)], value: f64) -> Self {
        self.with(String::new(), labels, value)
    }

    /// Adds a sample of a breaker: with its labels `name`, `scope` and `key`, and these.
    pub fn sample_of(
        self,
        breaker: &Identity<'_>,
        labels: &[(&'static str, &str)],
        value: f64,
    ) -> Self {
        let mut text = String::new();
        write_identity(breaker, &mut text);
        self.with(text, labels, value)
    }

    fn with(mut self, mut text: String, labels: &[(&'static str, &str)], value: f64) -> Self {
        for (label, value) in labels {
            if !text.is_empty() {
                text.push(',');
            }
            write_label(label, value, &mut text);
        }
        self.samples.push((text, value));
        self
    }

    pub(super) fn write(&self, page: &mut Page<'_, impl Write>) {
        page.begin(self.head);
        for (labels, value) in &self.samples {
            if labels.is_empty() {
                page.add_alone(Real(*value));
            } else {
                page.add(&[labels], Real(*value));
            }
        }
    }
}
