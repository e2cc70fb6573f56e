//! The routes of the gateway.

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware::{Next, from_fn},
    response::Response,
    routing::{get, post},
};
use tracing::{Instrument, info_span};

use crate::{gateway::Gateway, health::health, metrics::metrics, orders::order, products::product};

pub(crate) fn all(gateway: Gateway) -> Router {
    Router::new()
        .route("/orders", post(order))
        .route("/products/{sku}", get(product))
        .layer(from_fn(in_span))
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        // An open circuit is no reason to leave the load balancer.
        .route("/ready", get(StatusCode::NO_CONTENT))
        .with_state(gateway)
}

/// The lines of brama show the request whose call has opened a circuit.
async fn in_span(request: Request, next: Next) -> Response {
    let (method, path) = (request.method(), request.uri().path());
    let span = info_span!("request", %method, path);
    next.run(request).instrument(span).await
}
