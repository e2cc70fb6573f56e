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
    /// it, and not with `q=0`; otherwise the text format, which every scraper reads.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::metrics::Format;
    ///
    /// let accept = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;q=0.3,*/*;q=0.2";
    /// assert_eq!(Format::accepted(accept), Format::OpenMetrics);
    /// assert_eq!(Format::accepted("*/*"), Format::Prometheus);
    /// let never = "application/openmetrics-text;q=0, text/plain";
    /// assert_eq!(Format::accepted(never), Format::Prometheus);
    /// ```
    #[must_use]
    pub fn accepted(accept: &str) -> Self {
        if accept.split(',').any(accepts_openmetrics) {
            Self::OpenMetrics
        } else {
            Self::Prometheus
        }
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

/// Whether a media range of a header names OpenMetrics, and not as one that is not acceptable.
fn accepts_openmetrics(range: &str) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    name.eq_ignore_ascii_case("application/openmetrics-text") && !parts.any(is_weight_zero)
}

fn is_weight_zero(parameter: &str) -> bool {
    let Some((name, weight)) = parameter.split_once('=') else { return false };
    let is_weight = name.trim().eq_ignore_ascii_case("q");
    is_weight && weight.trim().parse().is_ok_and(|weight: f64| weight <= 0.0)
}
