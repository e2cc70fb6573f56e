//! The service that knows what customers wrote about a product, behind a layer. A layer protects
//! any client of tower, without a function to decorate.

use std::time::Duration;

use axum::http;
use brama::{Connection, ConnectionKind, error::RegisterError, tower::CircuitBreakerLayer};
use reqwest::{Body, Client, Request, Response, Url};
use tower::{BoxError, ServiceBuilder, ServiceExt, util::BoxCloneSyncService};

pub(crate) struct Reviews {
    client: Client,
    /// The client with the breaker.
    service: BoxCloneSyncService<Request, Response, BoxError>,
    url: Url,
}

/// Operators change it by the setting `timeout`. It ends with the head of an answer.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Until the end of the body, whatever operators set. It is inside the breaker, so that a body that
/// stops is a failure.
const LONGEST: Duration = Duration::from_secs(5);

impl Reviews {
    pub(crate) fn new(client: Client, url: Url) -> Result<Self, RegisterError> {
        // Operators set the rest in `gateway.toml`.
        let breaker = CircuitBreakerLayer::new("reviews")
            .connection(Connection::new().kind(ConnectionKind::HTTP))?
            .server_errors()
            .until_end_of_body()
            .timeout(TIMEOUT)
            .box_errors();
        let service = ServiceBuilder::new()
            .map_response(|it: http::Response<_>| Response::from(it.map(Body::wrap)))
            .layer(breaker)
            .map_response(http::Response::<Body>::from)
            // The text becomes the reason of a failure, which many can read.
            .map_err(reqwest::Error::without_url)
            .service(client.clone());
        Ok(Self { client, service: BoxCloneSyncService::new(service), url })
    }

    pub(crate) async fn of(&self, sku: &str) -> Result<Vec<String>, BoxError> {
        let request = self.client.get(self.url.clone()).query(&[("sku", sku)]);
        let response = self.service.clone().oneshot(request.timeout(LONGEST).build()?).await?;
        let status = response.error_for_status_ref().map(drop);
        // The body of a 404 is read too: a call whose body is dropped is abandoned.
        let body = response.bytes().await?;
        status?;
        Ok(serde_json::from_slice(&body)?)
    }
}
