//! The log: a line of JSON for each event, on the standard output.

use tracing_subscriber::EnvFilter;

/// Starts the log. The variable `RUST_LOG` replaces the filter.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(FILTER));
    let format = tracing_subscriber::fmt().json().flatten_event(true).with_current_span(false);
    format.with_env_filter(filter).init();
}

/// The lines of rejections get rarer by themselves, so they do not flood the log.
const FILTER: &str = "info,brama::rejection=debug";
