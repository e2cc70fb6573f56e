//! Calls that end with the end of the body.

use std::{
    collections::VecDeque,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use brama_runtime::api::{Breaker, Registry, State};
use brama_tower::{
    CircuitBreakerLayer,
    http::{JudgedBody, ServerErrors},
};
use http::{HeaderMap, Response};
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use tower::{Layer, Service, service_fn};

use super::{breaker, done, echo};

/// A body that a test writes down.
pub(super) struct Script(pub(super) VecDeque<Step>);

pub(super) enum Step {
    Data(&'static str),
    Trailers(HeaderMap),
    Error(&'static str),
    Panic,
}

impl Script {
    pub(super) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl Body for Script {
    type Data = &'static [u8];
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<&'static [u8]>>>> {
        Poll::Ready(self.0.pop_front().map(|step| match step {
            Step::Data(text) => Ok(Frame::data(text.as_bytes())),
            Step::Trailers(trailers) => Ok(Frame::trailers(trailers)),
            Step::Error(text) => Err(io::Error::other(text)),
            Step::Panic => panic!("in the body"),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }
}

fn answer(
    registry: &Registry,
    status: u16,
    steps: impl IntoIterator<Item = Step>,
) -> Response<JudgedBody<Script, ServerErrors>> {
    let layer = CircuitBreakerLayer::in_registry(registry, "api");
    let mut service = layer.server_errors().until_end_of_body().layer(service_fn(echo));
    let response = Response::builder().status(status).body(Script::new(steps)).unwrap();
    done(service.call(response)).unwrap()
}

fn counts(breaker: &Breaker) -> [u64; 3] {
    let totals = breaker.status().totals;
    [totals.successes, totals.failures, totals.abandoned]
}

#[test]
fn a_body_that_ends_is_a_success_at_its_end() {
    let (registry, breaker) = breaker();
    let response = answer(&registry, 200, [Step::Data("a"), Step::Data("b")]);
    assert_eq!(counts(&breaker), [0, 0, 0]);
    let text = done(response.into_body().collect()).unwrap().to_bytes();
    assert_eq!((&*text, counts(&breaker)), (&b"ab"[..], [1, 0, 0]));
}

#[test]
fn a_body_whose_reader_stops_at_its_last_part_is_a_success() {
    let (registry, breaker) = breaker();
    let mut body = answer(&registry, 200, [Step::Data("a")]).into_body();
    done(body.frame()).unwrap().unwrap();
    assert!(body.is_end_stream());
    assert_eq!(counts(&breaker), [1, 0, 0]);
}

#[test]
fn an_empty_body_is_a_success_though_it_is_never_polled() {
    let (registry, breaker) = breaker();
    drop(answer(&registry, 200, []));
    assert_eq!(counts(&breaker), [1, 0, 0]);
}

#[test]
fn a_body_that_dies_half_way_is_a_failure() {
    let (registry, breaker) = breaker();
    let body = answer(&registry, 200, [Step::Data("a"), Step::Error("reset")]).into_body();
    assert!(done(body.collect()).is_err());
    assert_eq!((breaker.state(), counts(&breaker)), (State::Open, [0, 1, 0]));
    assert_eq!(breaker.status().reasons[0].to_string(), "reset");
}

#[test]
fn a_status_without_content_is_a_success_though_its_body_is_dropped() {
    for status in [101, 204, 304] {
        let (registry, breaker) = breaker();
        drop(answer(&registry, status, [Step::Data("no server sends this")]));
        assert_eq!(counts(&breaker), [1, 0, 0], "{status}");
    }
}

#[test]
fn a_body_that_is_dropped_before_its_end_is_abandoned() {
    let (registry, breaker) = breaker();
    drop(answer(&registry, 200, [Step::Data("a")]));
    assert_eq!(counts(&breaker), [0, 0, 1]);
}

#[test]
fn a_body_that_panics_is_a_failure() {
    let (registry, breaker) = breaker();
    let mut body = answer(&registry, 200, [Step::Panic]).into_body();
    let poll = AssertUnwindSafe(|| drop(done(body.frame())));
    assert!(catch_unwind(poll).is_err());
    drop(body);
    assert_eq!(counts(&breaker), [0, 1, 0]);
}

#[test]
fn a_response_that_fails_ends_the_call_at_once() {
    let (registry, breaker) = breaker();
    let response = answer(&registry, 503, [Step::Data("a"), Step::Error("reset")]);
    assert_eq!(counts(&breaker), [0, 1, 0]);
    assert!(done(response.into_body().collect()).is_err());
    assert_eq!(counts(&breaker), [0, 1, 0]);
}

#[test]
fn a_probe_keeps_its_place_until_the_end_of_its_body() {
    let (registry, breaker) = breaker();
    breaker.failure("refused");
    registry.clock().advance(Duration::from_secs(60));
    let response = answer(&registry, 200, [Step::Data("a")]);
    assert_eq!((breaker.status().probes, breaker.is_available()), (1, false));
    done(response.into_body().collect()).unwrap();
    assert_eq!(breaker.state(), State::Closed);
}
