//! The format of a text of metrics.

/// The format of a text of metrics. Prometheus reads both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Format {
    /// OpenMetrics 1.0.
    #[default]
    OpenMetrics,
    /// The text format 0.0.4 of Prometheus, for programs that do not read OpenMetrics.
    Prometheus,
}

impl Format {
    /// Returns the format that an `Accept` header of HTTP prefers: OpenMetrics if the header names
    /// it, and otherwise the text format, which every scraper reads.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::metrics::Format;
    ///
    /// let accept = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;q=0.3,*/*;q=0.2";
    /// assert_eq!(Format::accepted(accept), Format::OpenMetrics);
    /// assert_eq!(Format::accepted("*/*"), Format::Prometheus);
    /// ```
    #[must_use]
    pub fn accepted(accept: &str) -> Self {
        let name = "application/openmetrics-text";
        let named = accept.split([',', ';']).any(|part| part.trim().eq_ignore_ascii_case(name));
        if named { Self::OpenMetrics } else { Self::Prometheus }
    }

    /// Returns the value of the header `Content-Type`.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}
