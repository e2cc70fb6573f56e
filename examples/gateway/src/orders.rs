//! `/orders`: charges for an order.

use axum::{Json, extract::State};

use crate::{
    gateway::Gateway,
    upstream_error::UpstreamError,
    upstreams::{Order, Receipt},
};

pub(crate) async fn order(
    State(gateway): State<Gateway>,
    Json(order): Json<Order>,
) -> Result<Json<Receipt>, UpstreamError> {
    gateway.upstreams.charge(&order).await.map(Json)
}
