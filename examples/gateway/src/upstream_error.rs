//! The error of a call to a service, and the answer that a client of the gateway gets.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use brama::{CircuitOpen, TimedOut};

#[derive(Debug, thiserror::Error)]
pub(crate) enum UpstreamError {
    /// The circuit is open: the service was not called.
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
    #[error(transparent)]
    Late(#[from] TimedOut),
    #[error(transparent)]
    Http(reqwest::Error),
    /// The service has answered something else than the gateway expects.
    #[error(transparent)]
    Shape(#[from] serde_json::Error),
}

impl From<reqwest::Error> for UpstreamError {
    /// The text becomes the reason of a failure, which many can read. A URL may contain secrets.
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error.without_url())
    }
}

impl UpstreamError {
    /// Whether the service is to blame, by the rule of `server_errors`, the preset of the reviews'
    /// layer: it did not answer, or with 500, 502, 503 or 504.
    pub(crate) fn is_outage(&self) -> bool {
        match self {
            Self::Http(error) => {
                error.status().is_none_or(|status| matches!(status.as_u16(), 500 | 502..=504))
            }
            Self::Rejected(_) | Self::Late(_) => true,
            Self::Shape(_) => false,
        }
    }

    /// Whether the service limits how often it is called, which the preset ignores.
    pub(crate) fn is_rate_limit(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// The status with which the service has answered.
    fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Http(error) => error.status(),
            Self::Rejected(_) | Self::Late(_) | Self::Shape(_) => None,
        }
    }
}

/// Strangers read it, so it names no breaker.
impl IntoResponse for UpstreamError {
    fn into_response(self) -> Response {
        let client_error = self.status().filter(StatusCode::is_client_error);
        match self {
            Self::Rejected(open) => open.into_response(),
            Self::Late(late) => late.into_response(),
            Self::Http(_) | Self::Shape(_) => {
                client_error.unwrap_or(StatusCode::BAD_GATEWAY).into_response()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::http::Response;
    use brama::{Registry, tower::CircuitBreakerLayer};
    use tower::{ServiceBuilder, ServiceExt};

    use super::UpstreamError;

    fn answered(status: u16) -> Response<String> {
        Response::builder().status(status).body(String::new()).unwrap()
    }

    /// What the preset of a layer counts: failures, ignored calls.
    async fn preset(status: u16) -> [bool; 2] {
        let registry = Registry::new();
        let layer = CircuitBreakerLayer::in_registry(&registry, "reviews").server_errors();
        let answer = |()| std::future::ready(Ok::<_, Infallible>(answered(status)));
        ServiceBuilder::new().layer(layer).service_fn(answer).oneshot(()).await.unwrap();
        let totals = registry.breaker("reviews").status().totals;
        [totals.failures == 1, totals.ignored == 1]
    }

    #[tokio::test]
    async fn functions_and_layers_judge_a_status_by_one_rule() {
        for status in 400..600 {
            let error = reqwest::Response::from(answered(status)).error_for_status().unwrap_err();
            let error = UpstreamError::from(error);
            let rule = [error.is_outage(), error.is_rate_limit()];
            assert_eq!(rule, preset(status).await, "{status}");
        }
    }
}
