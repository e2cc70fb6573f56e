//! A real Prometheus scrapes brama, evaluates the alerts and answers the queries of the dashboards
//! in `monitoring/`. If `prometheus` and `promtool` are missing, this installs Debian's package.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails loudly"
)]

#[path = "prometheus/api.rs"]
mod api;
#[path = "prometheus/programs.rs"]
mod programs;
#[path = "prometheus/server.rs"]
mod server;
#[path = "prometheus/shared.rs"]
mod shared;
#[path = "prometheus/shop.rs"]
mod shop;

#[path = "prometheus/alerts.rs"]
mod alerts;
#[path = "prometheus/dashboards.rs"]
mod dashboards;
#[path = "prometheus/promtool.rs"]
mod promtool;
#[path = "prometheus/scrape.rs"]
mod scrape;
