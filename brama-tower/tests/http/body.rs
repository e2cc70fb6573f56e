//! Calls that end with the end of the body.

use std::{
    collections::VecDeque,
    error::Error,
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use brama_runtime::api::{Breaker, CircuitOpen, Registry, State};
use brama_tower::{
    BoxError, CircuitBreakerLayer,
    http::{JudgedBody, ServerErrors},
};
use futures_util::stream::{self, Stream};
use http::{HeaderMap, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Empty, StreamBody};
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
fn the_reason_of_a_body_that_fails_has_the_sources_of_its_error() {
    #[derive(Debug)]
    struct Broken(io::Error);

    impl fmt::Display for Broken {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the body is broken")
        }
    }

    impl Error for Broken {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    let (registry, breaker) = breaker();
    let broken = || Err::<Frame<&[u8]>, _>(Broken(io::Error::other("reset")));
    assert!(read(&registry, stream::once(async move { broken() })).is::<Broken>());
    assert_eq!(breaker.status().reasons[0].to_string(), "the body is broken: reset");
}

#[test]
fn a_body_that_an_inner_breaker_rejects_is_ignored() {
    let (registry, breaker) = breaker();
    let inner = registry.breaker("inner");
    inner.force_open("maintenance");
    let rejected = || inner.try_acquire().map(|_| Frame::data(&b"a"[..]));
    assert!(read(&registry, stream::once(async { rejected() })).is::<CircuitOpen>());
    let totals = breaker.status().totals;
    assert_eq!((totals.failures, totals.ignored, totals.abandoned), (0, 1, 0));
}

/// Reads a body until its error.
fn read<E: Into<BoxError>>(
    registry: &Registry,
    frames: impl Stream<Item = Result<Frame<&'static [u8]>, E>>,
) -> BoxError {
    let layer = CircuitBreakerLayer::in_registry(registry, "api").server_errors();
    let mut service = layer.until_end_of_body().layer(service_fn(echo));
    let response = service.call(Response::new(Box::pin(StreamBody::new(frames))));
    done(done(response).unwrap().into_body().collect()).unwrap_err()
}

/// A body that panics when it is asked about its end.
struct PanicsAtItsEnd;

impl Body for PanicsAtItsEnd {
    type Data = &'static [u8];
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<&'static [u8]>>>> {
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        panic!("in the body")
    }
}

#[test]
fn a_body_that_panics_at_the_head_of_its_response_is_a_failure() {
    let (registry, breaker) = breaker();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").server_errors();
    let mut service = layer.until_end_of_body().layer(service_fn(echo));
    let call = AssertUnwindSafe(|| drop(done(service.call(Response::new(PanicsAtItsEnd)))));
    assert!(catch_unwind(call).is_err());
    assert_eq!(counts(&breaker), [0, 1, 0]);
}

#[test]
fn an_empty_body_without_a_call_can_be_made_as_interceptors_of_tonic_do() {
    let body = JudgedBody::<Empty<&[u8]>, ServerErrors>::default();
    assert!(body.is_end_stream());
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
