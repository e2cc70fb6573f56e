//! `/metrics`: the metrics of all breakers, in the format that the scraper prefers.

use axum::{
    http::{
        HeaderMap,
        header::{ACCEPT, CONTENT_TYPE},
    },
    response::IntoResponse,
};
use brama::metrics::{Exposition, Format};

pub(crate) async fn metrics(headers: HeaderMap) -> impl IntoResponse {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let exposition = Exposition::new().format(Format::accepted(accept.unwrap_or_default()));
    let text = exposition.render(&brama::registry());
    ([(CONTENT_TYPE, exposition.content_type())], text)
}
