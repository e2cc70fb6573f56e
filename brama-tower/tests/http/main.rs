//! The layer around services of HTTP and gRPC.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails loudly")]

mod authority;
mod body;
mod grpc;
mod known_length;
mod orders;
mod server_errors;
mod size;
mod slow_until;
#[cfg(feature = "tower-http07")]
mod tower_http07;
mod unavailable;

use std::{
    future::{Future, Ready, ready},
    io,
    pin::pin,
    task::{Context, Poll, Waker},
};

use brama_runtime::api::{Breaker, PolicyPatch, testing::TestRegistry};
use http::{Request, Response};

fn done<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future is not ready"),
    }
}

/// A registry, and its breaker `api`, which opens at the first failure.
fn breaker() -> (TestRegistry, Breaker) {
    let registry = TestRegistry::new();
    registry.configure("api", PolicyPatch::new().failure_threshold(1)).unwrap();
    let breaker = registry.breaker("api");
    (registry, breaker)
}

/// Answers with the response that the request is about.
fn echo<B>(response: Response<B>) -> Ready<io::Result<Response<B>>> {
    ready(Ok(response))
}

fn get(uri: &str) -> Request<()> {
    Request::get(uri).body(()).unwrap()
}
