//! Calls by reqwest, and how they fail.

use std::error::Error;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use brama::{CircuitOpen, Outcome};
use reqwest::Client;

/// A client that asks no proxy of the environment.
pub(crate) fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
}

impl FetchError {
    /// Whether the server says nothing about its health.
    pub(crate) fn is_rate_limit(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the server is to blame: it did not answer, or it is down.
    pub(crate) fn is_outage(&self) -> bool {
        self.status().is_none_or(is_down)
    }

    fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Http(error) => error.status(),
            Self::Rejected(_) => None,
        }
    }
}

impl IntoResponse for FetchError {
    fn into_response(self) -> Response {
        match self {
            Self::Http(_) => StatusCode::BAD_GATEWAY.into_response(),
            Self::Rejected(open) => open.into_response(),
        }
    }
}

/// The outcome of a call whose body is not read. The presets do not fit, because reqwest has a type
/// of response of its own.
pub(crate) fn judge<E: Error>(answer: Result<&reqwest::Response, &E>) -> Outcome {
    match answer.map(reqwest::Response::status) {
        Ok(StatusCode::TOO_MANY_REQUESTS) => Outcome::Ignore,
        Ok(status) if is_down(status) => Outcome::failure(status.to_string()),
        Ok(_) => Outcome::Success,
        Err(error) => Outcome::failure(error.to_string()),
    }
}

/// Whether a server with this answer is to blame, by the rule of the preset `server_errors`.
fn is_down(status: StatusCode) -> bool {
    matches!(status.as_u16(), 500 | 502..=504)
}
