//! `/products/{sku}`: a product with its reviews.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use tokio::try_join;

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
    // The breaker has counted and logged why there are none.
    let reviews = async { Ok(upstreams.reviews.of(&sku).await.unwrap_or_default()) };
    // A rejection of the stock is the answer at once: nothing waits for reviews then.
    let (left, reviews) = try_join!(upstreams.stock(&sku), reviews)?;
    Ok(Json(Product { left, reviews }))
}
