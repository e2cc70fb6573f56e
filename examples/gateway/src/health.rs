//! `/health`: each breaker, and the mistakes of a configuration that was not applied.

use axum::{Json, extract::State, http::StatusCode};
use brama::{config::Finding, status::BreakerFilter};
use serde::Serialize;

use crate::{breaker_health::BreakerHealth, gateway::Gateway};

#[derive(Debug, Serialize)]
pub(crate) struct Health {
    breakers: Vec<BreakerHealth>,
    /// Empty if the last change of the file was applied.
    mistakes: Vec<Finding>,
}

/// Answers 503 while a service that the gateway needs is cut off.
///
/// It is for people and alerts. `/ready` is for load balancers: all instances call the same
/// services, and would leave it at once.
pub(crate) async fn health(State(gateway): State<Gateway>) -> (StatusCode, Json<Health>) {
    // Functions that were not called yet are listed, too.
    let statuses = brama::statuses(BreakerFilter::new().with_declared());
    let breakers: Vec<_> = statuses.iter().map(BreakerHealth::from).collect();
    let is_cut_off = breakers.iter().any(BreakerHealth::is_serious);
    let code = if is_cut_off { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (code, Json(Health { breakers, mistakes: gateway.configuration.mistakes() }))
}
