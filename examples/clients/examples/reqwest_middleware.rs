//! A middleware of the crate `reqwest-middleware`, below one that retries:
//! `cargo run --package clients --example reqwest_middleware`.

use std::time::Duration;

use brama::{Identity, Outcome, PolicyPatch, outcome};
use clients::{
    http_server::HttpServer,
    outage::{BoxError, outage},
};
use http::Extensions;
use reqwest::{Request, Response, Url};
use reqwest_middleware::{ClientBuilder, Middleware, Next, Result};
use reqwest_retry::{RetryTransientMiddleware, policies::ExponentialBackoff};

/// One breaker for each host and port of an identifier.
struct CircuitBreaker(&'static str);

#[async_trait::async_trait]
impl Middleware for CircuitBreaker {
    async fn handle(
        &self,
        request: Request,
        context: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let key = authority(request.url());
        let breaker = brama::breaker(Identity::new(self.0).with_key(&key));
        let answer = breaker.call_async_with(judge, next.run(request, context)).await;
        answer.map_err(reqwest_middleware::Error::middleware)?
    }
}

/// The host in lower case and the port, as the layer's `Authority` has them.
fn authority(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0))
}

fn judge(answer: &Result<Response>) -> Outcome {
    match answer {
        Ok(response) => match response.status().as_u16() {
            500 | 502..=504 => Outcome::failure(response.status().to_string()),
            429 => Outcome::Ignore,
            _ => Outcome::Success,
        },
        Err(error) => outcome::of_error(error),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), BoxError> {
    let server = HttpServer::start().await?;
    let policy = PolicyPatch::new().failure_threshold(3).expiry(Duration::from_millis(500));
    brama::configure("upstream", policy)?;
    // A retry of a rejection would wait for 20 ms. The breaker is below, and sees each attempt.
    let wait = Duration::from_millis(20);
    let retries = ExponentialBackoff::builder().retry_bounds(wait, wait).build_with_max_retries(1);
    let client = ClientBuilder::new(reqwest::Client::builder().no_proxy().build()?)
        .with(RetryTransientMiddleware::new_with_policy(retries))
        .with(CircuitBreaker("upstream"))
        .build();

    let breaker = brama::breaker(Identity::new("upstream").with_key(server.address()));
    let call = async || client.get(server.url("/price")).send().await.map(drop);
    outage(&breaker, server.switch(), call).await?;
    Ok(())
}
