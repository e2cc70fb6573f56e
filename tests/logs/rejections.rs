//! Lines of rejections.

use std::{future::ready, io, time::Duration};

use brama::{
    Breaker, CircuitOpen, PolicyPatch, Registry, circuit_breaker, overlay::Overlay,
    testing::ManualClock, tower::CircuitBreakerLayer,
};
use tower::{Layer, Service, service_fn};
use tracing::{Level, info_span};

use crate::recorder::{Line, Recorder};

fn reject(breaker: &Breaker, times: usize) {
    (0..times).for_each(|_| assert!(breaker.try_acquire().is_err()));
}

#[test]
fn a_rejection_is_for_debugging_and_explains_itself() {
    let clock = ManualClock::new();
    let breaker = Registry::with_clock(clock.clone()).breaker("payment_api");
    breaker.open(());
    clock.advance(Duration::from_millis(12_500));
    let lines = Recorder::lines(Level::DEBUG, || reject(&breaker, 1));
    let expected = "DEBUG brama::rejection: payment_api is open, next attempt in 48 s (1 rejection \
                    in this opening) breaker=payment_api state=open opening=1 \
                    retry_after_ms=47500 rejections=1";
    assert_eq!(lines.iter().map(Line::to_string).collect::<Vec<_>>(), [expected]);
}

#[test]
fn a_layer_writes_its_rejections_too() {
    let registry = Registry::new();
    let layer = CircuitBreakerLayer::in_registry(&registry, "price_api");
    let mut service = layer.layer(service_fn(|()| ready(Ok::<_, io::Error>(17))));
    registry.breaker("price_api").force_open("maintenance");
    let lines = Recorder::lines(Level::DEBUG, || drop(service.call(())));
    assert_eq!(lines.iter().map(|line| &*line.target).collect::<Vec<_>>(), ["brama::rejection"]);
    assert_eq!(lines[0].fields[0], "breaker=price_api");
}

#[test]
fn rejections_are_written_less_and_less_often_until_the_next_opening() {
    let breaker = Registry::new().breaker("a");
    let rejections = |lines: Vec<Line>| -> Vec<String> {
        let rejections = lines.into_iter().filter(|line| line.target == "brama::rejection");
        rejections.map(|line| line.fields.last().unwrap().clone()).collect()
    };
    breaker.force_open(());
    let first = Recorder::lines(Level::DEBUG, || reject(&breaker, 20));
    let powers = [1, 2, 4, 8, 16].map(|count| format!("rejections={count}"));
    assert_eq!(rejections(first), powers);
    let second = Recorder::lines(Level::DEBUG, || {
        breaker.close(());
        breaker.open(());
        reject(&breaker, 3);
    });
    assert_eq!(rejections(second), powers[..2]);
}

#[test]
fn a_rejection_by_the_limit_of_calls_in_flight_names_the_limit_and_is_counted_by_the_minute() {
    let clock = ManualClock::new();
    let breaker = Registry::with_clock(clock.clone()).breaker("payment_api");
    breaker.configure(PolicyPatch::new().concurrency_limit(1)).unwrap();
    let _permit = breaker.try_acquire().unwrap();
    let lines = Recorder::lines(Level::DEBUG, || reject(&breaker, 3));
    assert_eq!(
        lines[0].to_string(),
        "DEBUG brama::rejection: payment_api has too many calls in flight (1 rejection in this \
         minute) breaker=payment_api concurrency_limit=1 rejections=1"
    );
    assert_eq!(lines.len(), 2);
    clock.advance(Duration::from_secs(60));
    let lines = Recorder::lines(Level::DEBUG, || reject(&breaker, 1));
    assert_eq!(lines[0].fields.last().unwrap(), "rejections=1");
}

#[test]
fn a_forced_opening_has_no_time_to_retry() {
    let breaker = Registry::new().breaker("a");
    breaker.force_open(());
    let lines = Recorder::lines(Level::DEBUG, || reject(&breaker, 1));
    assert_eq!(lines[0].fields, ["breaker=a", "state=force_open", "opening=1", "rejections=1"]);
}

#[test]
fn the_rejections_of_an_overlay_are_counted_in_each_minute() {
    let clock = ManualClock::new();
    let breaker = Registry::with_clock(clock.clone()).breaker("a");
    let overlay = Overlay::open_for(1, Duration::from_secs(120), "3 of 8 nodes").unwrap();
    breaker.overlay(overlay).unwrap();
    let lines = Recorder::lines(Level::DEBUG, || {
        reject(&breaker, 3);
        clock.advance(Duration::from_secs(60));
        reject(&breaker, 1);
    });
    let fields: Vec<_> = lines.iter().map(|line| line.fields.join(" ")).collect();
    let expected = [
        "breaker=a retry_after_ms=120000 rejections=1",
        "breaker=a retry_after_ms=120000 rejections=2",
        "breaker=a retry_after_ms=60000 rejections=1",
    ];
    assert_eq!(fields, expected);
}

#[circuit_breaker(identifier = "logs_rejected", scope = "tests", key = node)]
async fn read(node: u32) -> Result<u32, CircuitOpen> {
    Ok(node)
}

#[tokio::test]
async fn a_rejection_of_a_decorated_function_is_written_in_the_span_of_its_caller() {
    let identity = brama::Identity::new("logs_rejected").in_scope("tests").with_key(7);
    let _ = brama::registry().breaker(&identity);
    brama::open(&identity, ()).unwrap();
    let recorder = Recorder::new(Level::DEBUG);
    let guard = tracing::subscriber::set_default(recorder.clone());
    let answer = tracing::Instrument::instrument(read(7), info_span!("request")).await;
    drop(guard);
    assert!(answer.is_err());
    let lines = recorder.take_lines();
    assert_eq!((lines.len(), &lines[0].spans[..]), (1, &["request"][..]));
    assert_eq!(lines[0].fields[..3], ["breaker=logs_rejected", "scope=tests", "key=7"]);
}
