//! Metrics: the text of all breakers that Prometheus scrapes.

mod bounds;
mod format;
mod gauge_family;
mod label;
mod native;
mod page;
mod registry;
mod resilience4j;
mod snapshot;

use std::fmt;

pub use self::{format::Format, gauge_family::GaugeFamily};
use self::{
    label::{write_identity, write_joined},
    native::add_native,
    page::Page,
    registry::add_registry,
    resilience4j::add_resilience4j,
    snapshot::Snapshot,
};
use crate::registry::{Registry, registry};

/// The content type of [`render`]: OpenMetrics 1.0.
pub const CONTENT_TYPE: &str = Format::OpenMetrics.content_type();

/// Returns the metrics of the registry that [`registry`] returns, in OpenMetrics with native names.
///
/// [`Exposition`] has other registries, names and formats.
///
/// ```
/// # use brama_runtime::api as brama;
/// let _breaker = brama::breaker("payment_api");
/// let text = brama::metrics::render();
/// assert!(text.contains("brama_breaker_state{name=\"payment_api\",state=\"closed\"} 1\n"));
/// assert!(text.ends_with("# EOF\n"));
/// ```
#[must_use]
pub fn render() -> String {
    Exposition::new().render(&registry())
}

/// Writes what [`render`] returns.
///
/// # Errors
///
/// The error of `out`, after which nothing more is written.
pub fn render_into(out: &mut impl fmt::Write) -> fmt::Result {
    Exposition::new().render_into(&registry(), out)
}

/// How metrics are written: under which names, and in which format.
///
/// The whole text is made in one pass over the breakers
/// ([`Registry::for_each_series`]). At 10 000 breakers that takes about 10 ms and 12 MB; with the
/// setting `durations`, about 70 ms and 70 MB. It holds one breaker's lock at a time; only a step
/// of that breaker, such as a failure, can wait for it.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{Registry, metrics::{Exposition, Format, Naming}};
///
/// let registry = Registry::new();
/// registry.breaker("payment_api").open("maintenance");
/// let exposition = Exposition::new().naming(Naming::Resilience4j).format(Format::Prometheus);
/// let text = exposition.render(&registry);
/// let open = "resilience4j_circuitbreaker_state{name=\"payment_api\",state=\"open\"} 1.0\n";
/// assert!(text.contains(open));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[must_use = "an exposition does nothing until it renders a registry"]
pub struct Exposition {
    naming: Naming,
    format: Format,
}

/// The names of metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Naming {
    /// The names of brama, such as `brama_breaker_calls_total`.
    #[default]
    Native,
    /// The names of Resilience4j, such as `resilience4j_circuitbreaker_calls_seconds_count`, for
    /// dashboards and alerts of programs on the JVM.
    ///
    /// The label `name` is `scope/identifier[key]`, with a backslash before a `/` or `[` of a part
    /// that could be read as one of these, so that two breakers never share a series. A window does
    /// not know which of its slow calls failed, so all are of the kind `successful`. The sum and
    /// the maximum of durations are absent without the setting `durations`.
    Resilience4j,
}

impl Exposition {
    /// Creates an exposition in OpenMetrics, with native names.
    pub const fn new() -> Self {
        Self { naming: Naming::Native, format: Format::OpenMetrics }
    }

    /// Writes these names.
    pub const fn naming(mut self, naming: Naming) -> Self {
        self.naming = naming;
        self
    }

    /// Writes this format.
    pub const fn format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    /// Returns the content type of the text.
    #[must_use]
    pub const fn content_type(&self) -> &'static str {
        self.format.content_type()
    }

    /// Returns the metrics of a registry.
    #[must_use]
    pub fn render(&self, registry: &Registry) -> String {
        self.render_with(registry, &[])
    }

    /// Returns the metrics of a registry, and further gauges after them.
    #[must_use]
    pub fn render_with(&self, registry: &Registry, further: &[GaugeFamily]) -> String {
        let snapshot = self.snapshot(registry);
        // A text that grows is copied again and again, which takes longer than to write it.
        let mut text = String::with_capacity(snapshot.bytes());
        let _infallible = self.write(&snapshot, further, &mut text);
        text
    }

    /// Writes the metrics of a registry, in pieces of 32 KiB and more. All breakers are read before
    /// the first piece is written.
    ///
    /// # Errors
    ///
    /// The error of `out`, after which nothing more is written.
    pub fn render_into(&self, registry: &Registry, out: &mut impl fmt::Write) -> fmt::Result {
        self.write(&self.snapshot(registry), &[], out)
    }

    fn snapshot(self, registry: &Registry) -> Snapshot {
        match self.naming {
            Naming::Native => Snapshot::of(registry, write_identity),
            Naming::Resilience4j => Snapshot::of(registry, write_joined),
        }
    }

    fn write(
        self,
        snapshot: &Snapshot,
        further: &[GaugeFamily],
        out: &mut impl fmt::Write,
    ) -> fmt::Result {
        let mut page = Page::new(self.format, out);
        match self.naming {
            Naming::Native => {
                add_native(&mut page, snapshot);
                add_registry(&mut page, &snapshot.counts);
            }
            Naming::Resilience4j => add_resilience4j(&mut page, snapshot),
        }
        for family in further {
            family.write(&mut page);
        }
        page.finish()
    }
}
