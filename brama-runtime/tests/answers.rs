//! What axum and tonic answer for a rejected call, and for one that timed out.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{future::pending, time::Duration};

use axum_core::response::{IntoResponse, Response};
use brama_runtime::api::{
    __private::CallTimer, Breaker, CallError, CircuitOpen, PolicyPatch, Registry, TimedOut,
    testing::TestRegistry,
};
use tonic::{Code, Status};
use tonic_types::StatusExt;

fn rejection(stop: impl Fn(&Breaker)) -> CircuitOpen {
    let breaker = Registry::new().breaker("payment_api");
    stop(&breaker);
    breaker.try_acquire().unwrap_err()
}

fn opened() -> CircuitOpen {
    rejection(|breaker| breaker.open("maintenance"))
}

fn forced() -> CircuitOpen {
    rejection(|breaker| breaker.force_open("maintenance"))
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn timed_out() -> TimedOut {
    let breaker = Registry::new().breaker("payment_api");
    let timer = CallTimer::of_breaker(&breaker.into(), Duration::from_secs(5));
    timer.limit(pending::<()>()).await.unwrap_err()
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[test]
fn a_rejection_is_a_response_503_with_the_time_of_the_next_attempt() {
    let response = opened().into_response();
    assert_eq!(response.status().as_u16(), 503);
    assert_eq!(header(&response, "retry-after"), Some("60"));
    assert_eq!(header(&response, "content-type"), Some("application/problem+json"));
}

#[test]
fn a_response_has_the_rejection_among_its_extensions_for_an_outer_layer() {
    assert!(opened().into_response().extensions().get::<CircuitOpen>().is_some());
}

#[test]
fn a_response_names_no_time_that_is_not_known() {
    assert_eq!(header(&forced().into_response(), "retry-after"), None);
}

#[test]
fn a_status_does_not_say_that_a_service_takes_no_calls_if_it_takes_others() {
    let breaker = Registry::new().breaker("payment_api");
    breaker.configure(PolicyPatch::new().concurrency_limit(1)).unwrap();
    let _in_flight = breaker.try_acquire().unwrap();
    let status = Status::from(breaker.try_acquire().unwrap_err());
    assert_eq!(status.message(), "a service that this one needs takes no more calls now");
}

#[test]
fn a_call_that_timed_out_is_a_response_504() {
    let response = timed_out().into_response();
    assert_eq!(response.status().as_u16(), 504);
    assert_eq!(header(&response, "content-type"), Some("application/problem+json"));
}

#[test]
fn a_rejection_is_the_status_unavailable_with_the_time_of_the_next_attempt() {
    let status = Status::from(opened());
    assert_eq!(status.code(), Code::Unavailable);
    let delay = status.get_details_retry_info().unwrap().retry_delay;
    assert_eq!(delay, Some(Duration::from_secs(60)));
}

#[test]
fn the_status_asks_the_retries_of_clients_to_wait_as_long() {
    let status = Status::from(opened());
    assert_eq!(status.metadata().get("grpc-retry-pushback-ms").unwrap(), "60000");
    assert_eq!(Status::from(forced()).metadata().get("grpc-retry-pushback-ms"), None);
}

#[test]
fn a_status_has_no_details_if_the_time_is_not_known() {
    let status = Status::from(forced());
    assert_eq!((status.code(), status.details().is_empty()), (Code::Unavailable, true));
}

#[test]
fn a_call_that_timed_out_is_the_status_deadline_exceeded() {
    assert_eq!(Status::from(timed_out()).code(), Code::DeadlineExceeded);
}

#[test]
fn no_status_names_the_breaker() {
    let statuses = [opened(), forced()].map(Status::from).into_iter().chain([timed_out().into()]);
    for status in statuses {
        let response = status.clone().into_http::<()>();
        assert!(!status.message().contains("payment_api"), "{status:?}");
        assert!(!format!("{:?}", response.headers()).contains("payment_api"));
    }
}

#[test]
fn a_rejection_that_was_found_in_an_error_is_one_again() {
    let error = std::io::Error::from(opened());
    let open = CircuitOpen::find_in(&error).map(CircuitOpen::from).unwrap();
    assert_eq!(header(&open.into_response(), "retry-after"), Some("60"));
}

#[test]
fn a_rejection_in_a_status_is_ignored_by_an_outer_breaker() {
    let registry = TestRegistry::new();
    registry.configure("outer", PolicyPatch::new().failure_threshold(1)).unwrap();
    let outer = registry.breaker("outer");
    let inner = || Err::<(), _>(Status::from(opened()));
    assert!(outer.call(inner).is_err());
    assert_eq!(outer.status().totals.ignored, 1);
}

#[test]
fn an_error_of_a_call_is_the_answer_of_its_part() {
    let rejected = || CallError::<Status>::Rejected(opened());
    let failed = CallError::Failed(Status::not_found("no such account"));
    assert_eq!(Status::from(rejected()).code(), Code::Unavailable);
    assert_eq!(Status::from(failed).code(), Code::NotFound);
    let rejected = CallError::<&str>::Rejected(opened()).into_response();
    let failed = CallError::Failed("sold out").into_response();
    assert_eq!([rejected.status().as_u16(), failed.status().as_u16()], [503, 200]);
}
