//! Bodies of a known length, which servers do not read beyond their last byte.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use brama_runtime::api::{Breaker, Registry};
use brama_tower::CircuitBreakerLayer;
use http::{HeaderMap, Response, header::CONTENT_LENGTH};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use tower::{Layer, Service, service_fn};

use super::{breaker, done, echo};

/// A body that sends one byte at a time, and that no reader knows to have ended.
struct Bytewise {
    hint: SizeHint,
    left: u8,
}

impl Body for Bytewise {
    type Data = &'static [u8];
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<&'static [u8]>>>> {
        let Some(left) = self.left.checked_sub(1) else {
            return Poll::Ready(Some(Ok(Frame::trailers(HeaderMap::new()))));
        };
        self.left = left;
        Poll::Ready(Some(Ok(Frame::data(b"a"))))
    }

    fn size_hint(&self) -> SizeHint {
        self.hint
    }
}

fn of_hint(length: u8) -> Response<Bytewise> {
    Response::new(Bytewise { hint: SizeHint::with_exact(length.into()), left: length })
}

fn of_header(length: u8) -> Response<Bytewise> {
    let body = Bytewise { hint: SizeHint::default(), left: length };
    Response::builder().header(CONTENT_LENGTH, u16::from(length)).body(body).unwrap()
}

/// Reads the frames of a response and drops its body.
fn read(registry: &Registry, response: Response<Bytewise>, frames: usize) {
    let layer = CircuitBreakerLayer::in_registry(registry, "api").server_errors();
    let mut service = layer.until_end_of_body().layer(service_fn(echo));
    let mut body = done(service.call(response)).unwrap().into_body();
    (0..frames).for_each(|_| drop(done(body.frame()).unwrap().unwrap()));
}

fn counts(breaker: &Breaker) -> [u64; 2] {
    let totals = breaker.status().totals;
    [totals.successes, totals.abandoned]
}

#[test]
fn a_body_that_is_dropped_after_its_last_byte_is_a_success() {
    for response in [of_hint, of_header] {
        let (registry, breaker) = breaker();
        read(&registry, response(2), 2);
        assert_eq!(counts(&breaker), [1, 0]);
    }
}

#[test]
fn a_body_that_is_dropped_before_its_last_byte_is_abandoned() {
    for response in [of_hint, of_header] {
        let (registry, breaker) = breaker();
        read(&registry, response(2), 1);
        assert_eq!(counts(&breaker), [0, 1]);
    }
}

#[test]
fn a_body_without_bytes_is_a_success_though_it_is_never_read() {
    for response in [of_hint, of_header] {
        let (registry, breaker) = breaker();
        read(&registry, response(0), 0);
        assert_eq!(counts(&breaker), [1, 0]);
    }
}

#[test]
fn a_call_of_grpc_ends_with_its_trailers_and_not_with_its_last_byte() {
    for (frames, expected) in [(2, [0, 0, 1]), (3, [0, 1, 0])] {
        let (registry, breaker) = breaker();
        let layer = CircuitBreakerLayer::in_registry(&registry, "api").grpc_errors();
        let mut service = layer.layer(service_fn(echo));
        let mut body = done(service.call(of_hint(2))).unwrap().into_body();
        (0..frames).for_each(|_| drop(done(body.frame()).unwrap().unwrap()));
        drop(body);
        let totals = breaker.status().totals;
        assert_eq!([totals.successes, totals.failures, totals.abandoned], expected);
    }
}
