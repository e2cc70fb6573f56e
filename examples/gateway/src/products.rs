//! `/products/{sku}`: a product with its reviews.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use tokio::join;

use crate::{gateway::Gateway, upstream_error::UpstreamError};

#[derive(Debug, Serialize)]
pub(crate) struct Product {
    left: u32,
    reviews: Vec<String>,
}

pub(crate) async fn product(
    State(gateway): State<Gateway>,
    Path(sku): Path<String>,
) -> Result<Json<Product>, UpstreamError> {
    let upstreams = &gateway.upstreams;
    let (left, reviews) = join!(upstreams.stock(&sku), upstreams.reviews.of(&sku));
    // The breaker has counted and logged why there are none.
    let reviews = reviews.unwrap_or_default();
    Ok(Json(Product { left: left?, reviews }))
}
