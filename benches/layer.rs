//! Nanoseconds of a call through a layer and of a bare service:
//! `cargo bench --bench layer --features http`.
//!
//! Machines are noisy: compare only figures of one run.

use std::{
    future::{Ready, ready},
    hint::black_box,
    io,
    time::Duration,
};

use brama::{
    CircuitOpen, Registry, circuit_breaker,
    tower::{CircuitBreakerLayer, KeyExtractor, http::Authority},
};
use criterion::{Criterion, criterion_group, criterion_main};
use futures_util::FutureExt;
use http::Request;
use tower::{Layer, Service, service_fn};

type Borrowed = &'static Request<()>;

#[inline(never)]
fn answer(request: Borrowed) -> Ready<io::Result<usize>> {
    ready(Ok(request.headers().len()))
}

/// The key of a borrowed request, so that no request is made in a measured call.
#[derive(Clone, Copy)]
struct OfBorrowed;

impl KeyExtractor<Borrowed> for OfBorrowed {
    fn with_key<R>(&self, request: &Borrowed, then: impl FnOnce(Option<&str>) -> R) -> R {
        Authority.with_key(*request, then)
    }

    fn with_joined_key<R>(
        &self,
        request: &Borrowed,
        then: impl FnOnce(Option<[&str; 2]>) -> R,
    ) -> R {
        Authority.with_joined_key(*request, then)
    }
}

#[inline(never)]
#[circuit_breaker(identifier = "bench", key = host)]
async fn keyed(host: &str, number: usize) -> Result<usize, CircuitOpen> {
    number.checked_add(1).ok_or_else(|| unreachable!("the numbers are small"))
}

fn story(
    bench: &mut Criterion,
    name: &str,
    mut service: impl Service<Borrowed>,
    request: Borrowed,
) {
    bench.bench_function(name, |bencher| {
        bencher.iter(|| service.call(black_box(request)).now_or_never().is_some());
    });
}

fn calls(bench: &mut Criterion) {
    let layer = |name: &str| CircuitBreakerLayer::new(name);
    let counted = CircuitBreakerLayer::in_registry(&Registry::new(), "counted");
    let request = Request::get("https://api.example.com/a").body(());
    let Ok(request) = request.map(|request| &*Box::leak(Box::new(request))) else { return };
    brama::breaker("open").open("a bench");
    story(bench, "bare service", service_fn(answer), request);
    story(bench, "one breaker", layer("one").layer(service_fn(answer)), request);
    story(bench, "one breaker of another registry", counted.layer(service_fn(answer)), request);
    story(bench, "rejection", layer("open").layer(service_fn(answer)), request);
    let of_host = layer("host").key_by(OfBorrowed).layer(service_fn(answer));
    story(bench, "a breaker for each authority", of_host, request);
    // The first key of a function is cached, so another one has it.
    drop(keyed("first.example.com:443", 1).now_or_never());
    bench.bench_function("the attribute with a key", |bencher| {
        bencher.iter(|| keyed(black_box("api.example.com:443"), 1).now_or_never());
    });
}

fn quick() -> Criterion {
    let criterion = Criterion::default().warm_up_time(Duration::from_millis(500));
    criterion.sample_size(30).measurement_time(Duration::from_secs(2))
}

criterion_group! { name = benches; config = quick(); targets = calls }
criterion_main!(benches);
