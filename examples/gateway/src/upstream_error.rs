//! The error of a call to a service, and the answer that a client of the gateway gets.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use brama::{CircuitOpen, TimedOut};
use serde_json::json;

#[derive(Debug, thiserror::Error)]
pub(crate) enum UpstreamError {
    /// The circuit is open: the service was not called.
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
    #[error(transparent)]
    Late(#[from] TimedOut),
    #[error(transparent)]
    Http(reqwest::Error),
}

impl From<reqwest::Error> for UpstreamError {
    /// The text becomes the reason of a failure, which many can read. A URL may contain secrets.
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error.without_url())
    }
}

impl UpstreamError {
    /// Whether the service is to blame: it did not answer, or with a status from 500 on.
    pub(crate) fn is_outage(&self) -> bool {
        self.client_error().is_none()
    }

    /// The status of an answer that blames the request.
    fn client_error(&self) -> Option<StatusCode> {
        match self {
            Self::Http(error) => error.status().filter(StatusCode::is_client_error),
            Self::Rejected(_) | Self::Late(_) => None,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Rejected(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Late(_) => StatusCode::GATEWAY_TIMEOUT,
            Self::Http(_) => self.client_error().unwrap_or(StatusCode::BAD_GATEWAY),
        }
    }

    fn headers(&self) -> HeaderMap {
        let wait = match self {
            Self::Rejected(open) => open.retry_after(),
            Self::Late(_) | Self::Http(_) => None,
        };
        wait.map(|wait| (RETRY_AFTER, seconds(wait))).into_iter().collect()
    }
}

/// Whole seconds, as the header has them, and not too few.
fn seconds(wait: Duration) -> HeaderValue {
    HeaderValue::from(wait.as_millis().div_ceil(1_000).try_into().unwrap_or(u64::MAX))
}

impl IntoResponse for UpstreamError {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.to_string() }));
        (self.status(), self.headers(), body).into_response()
    }
}
