//! Metrics for Prometheus, served by hyper: `cargo run --example metrics`, then
//! `curl http://127.0.0.1:9464/metrics`.
//!
//! A dependency that fails one call in three is called meanwhile.

#![expect(clippy::print_stdout, reason = "an example tells what it does")]

use std::{convert::Infallible, error::Error, time::Duration};

use brama::{
    CircuitOpen, circuit_breaker,
    metrics::{Exposition, Format},
};
use hyper::{
    Request, Response, StatusCode,
    body::Incoming,
    header::{ACCEPT, CONTENT_TYPE},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, time::interval};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:9464".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("http://{}/metrics", listener.local_addr()?);
    tokio::spawn(traffic());
    loop {
        let (connection, _) = listener.accept().await?;
        let connection = TokioIo::new(connection);
        tokio::spawn(http1::Builder::new().serve_connection(connection, service_fn(answer)));
    }
}

/// Answers a scrape in the format that the scraper prefers.
async fn answer(request: Request<Incoming>) -> Result<Response<String>, Infallible> {
    if request.uri().path() != "/metrics" {
        let mut missing = Response::new("see /metrics\n".to_owned());
        *missing.status_mut() = StatusCode::NOT_FOUND;
        return Ok(missing);
    }
    let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let exposition = Exposition::new().format(Format::accepted(accept.unwrap_or_default()));
    let mut response = Response::new(exposition.render(&brama::registry()));
    let content_type = exposition.content_type().parse();
    if let Ok(content_type) = content_type {
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    Ok(response)
}

#[derive(Debug, thiserror::Error)]
enum PayError {
    #[error("the payment service answered {0}")]
    Status(u16),
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
}

#[circuit_breaker(
    identifier = "payment_api",
    failure_rate = 30,
    window = calls(30),
    expiry = "5s",
    durations = true,
)]
fn charge(cents: u64) -> Result<u64, PayError> {
    if cents.is_multiple_of(3) { Err(PayError::Status(503)) } else { Ok(cents) }
}

async fn traffic() {
    let mut pause = interval(Duration::from_millis(50));
    for cents in 1.. {
        pause.tick().await;
        if let Err(PayError::Status(status)) = charge(cents) {
            println!("{cents} cents: status {status}");
        }
    }
}
