//! Makes calls like `instructions`, through a layer of tower.
//!
//! A program of its own, because more code in a program moves the counts of every story by one.

#![expect(clippy::print_stdout, reason = "it lists the stories")]

use std::{
    convert::Infallible,
    env,
    future::Ready,
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};

use brama::tower::{CircuitBreakerLayer, KeyExtractor, http::Authority};
use http::{Request, Uri};
use tower_layer::Layer;
use tower_service::Service;

/// A story's name, and a function that makes a number of calls.
type Story = (&'static str, fn(u64));

const STORIES: [Story; 4] = [
    ("layer-bare-service", |calls| each(calls, Bare)),
    ("layer-success", |calls| each(calls, CircuitBreakerLayer::new("one").layer(Bare))),
    ("layer-success-of-authority", |calls| {
        each(calls, CircuitBreakerLayer::new("host").key_by(OfBorrowed).layer(Bare));
    }),
    ("layer-rejection", |calls| {
        brama::breaker("open").force_open("a story");
        each(calls, CircuitBreakerLayer::new("open").layer(Bare));
    }),
];

fn main() {
    let mut arguments = env::args().skip(1);
    let (name, calls) = (arguments.next(), arguments.next());
    let story = STORIES.iter().find(|(story, _)| name.as_deref() == Some(story));
    match (story, calls.and_then(|calls| calls.parse().ok())) {
        (Some((_, make_calls)), Some(calls)) => make_calls(calls),
        _ => STORIES.iter().for_each(|(name, _)| println!("{name}")),
    }
}

/// Makes one call that sets things up, then the given number of calls.
fn each(calls: u64, mut service: impl for<'a> Service<&'a Request<()>>) {
    let mut request = Request::new(());
    *request.uri_mut() = Uri::from_static("https://api.example.com/a");
    for _ in 0..=calls {
        let future = pin!(service.call(black_box(&request)));
        let answer = future.poll(&mut Context::from_waker(Waker::noop()));
        black_box(&answer.is_ready());
    }
}

/// A service that answers at once.
struct Bare;

impl Service<&Request<()>> for Bare {
    type Response = usize;
    type Error = Infallible;
    type Future = Ready<Result<usize, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    #[inline(never)]
    fn call(&mut self, request: &Request<()>) -> Self::Future {
        std::future::ready(Ok(request.headers().len()))
    }
}

/// The key of a borrowed request, so that no request is made in a counted call.
#[derive(Clone, Copy)]
struct OfBorrowed;

impl KeyExtractor<&Request<()>> for OfBorrowed {
    fn with_key<R>(&self, request: &&Request<()>, then: impl FnOnce(Option<&str>) -> R) -> R {
        Authority.with_key(*request, then)
    }

    fn with_joined_key<R>(
        &self,
        request: &&Request<()>,
        then: impl FnOnce(Option<[&str; 2]>) -> R,
    ) -> R {
        Authority.with_joined_key(*request, then)
    }
}
