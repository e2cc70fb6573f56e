//! Nanoseconds of a protected call and of a bare one: `cargo bench --bench calls`.
//!
//! The time is wall time × min(threads, processors) / calls. Machines are noisy: compare only
//! figures of one run.

#![expect(clippy::unwrap_used, reason = "a bench fails loudly")]

use std::{
    hint::black_box,
    num::NonZero,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use brama::{CircuitOpen, PolicyPatch, Registry, circuit_breaker};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use futures_util::FutureExt;

fn answer(number: u64) -> Result<u64, CircuitOpen> {
    number.checked_add(1).map(black_box).ok_or_else(|| unreachable!("the numbers are small"))
}

#[inline(never)]
fn bare(number: u64) -> Result<u64, CircuitOpen> {
    answer(number)
}

#[inline(never)]
#[circuit_breaker(identifier = "bench: in a row")]
fn in_a_row(number: u64) -> Result<u64, CircuitOpen> {
    answer(number)
}

#[inline(never)]
#[circuit_breaker(identifier = "bench: last 100 calls", failure_rate = 50)]
fn last_100_calls(number: u64) -> Result<u64, CircuitOpen> {
    answer(number)
}

#[inline(never)]
#[circuit_breaker(identifier = "bench: last 10 s", failure_rate = 50, window = time("10s"))]
fn last_10_s(number: u64) -> Result<u64, CircuitOpen> {
    answer(number)
}

#[inline(never)]
#[circuit_breaker(identifier = "bench: limited", concurrency_limit = 100)]
fn limited(number: u64) -> Result<u64, CircuitOpen> {
    answer(number)
}

#[inline(never)]
#[circuit_breaker(identifier = "bench: keys", key = node(number))]
fn one_of_10_000_keys(number: u64) -> Result<u64, CircuitOpen> {
    answer(number)
}

/// Uses all keys equally often, in an order that a cache cannot predict.
const fn node(number: u64) -> u64 {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 10_000
}

#[inline(never)]
#[circuit_breaker(identifier = "bench: open", expiry = "24h")]
fn open(number: u64) -> Result<u64, CircuitOpen> {
    answer(number)
}

#[inline(never)]
#[expect(clippy::unused_async, reason = "the undecorated version of `closed_async`")]
async fn bare_async(number: u64) -> Result<u64, CircuitOpen> {
    answer(number)
}

#[inline(never)]
#[circuit_breaker(identifier = "bench: async")]
async fn closed_async(number: u64) -> Result<u64, CircuitOpen> {
    answer(number)
}

/// Distributes calls over threads; returns the wall time multiplied by the processors in use.
///
/// The wall time lasts from the start of the first thread to the end of the last. Each thread takes
/// its own times, since the thread that starts them may be delayed.
fn on_threads<R>(threads: u32, calls: u64, call: impl Fn(u64) -> R + Sync) -> Duration {
    let each = calls.div_ceil(u64::from(threads));
    let barrier = Barrier::new(threads as usize);
    let run = || {
        barrier.wait();
        let begun = now();
        (0..each).for_each(|number| drop(black_box(call(number))));
        (begun, now())
    };
    let runs: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let begun = runs.iter().map(|(begun, _)| *begun).min().unwrap();
    let ended = runs.iter().map(|(_, ended)| *ended).max().unwrap();
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    (ended - begun) * threads.min(u32::try_from(processors).unwrap())
}

#[expect(clippy::disallowed_methods, reason = "a bench reads the time")]
fn now() -> Instant {
    Instant::now()
}

fn story<R>(bench: &mut Criterion, name: &str, threads: &[u32], call: impl Fn(u64) -> R + Sync) {
    let mut group = bench.benchmark_group(name);
    group.sample_size(20).measurement_time(Duration::from_secs(2));
    group.warm_up_time(Duration::from_millis(500));
    for threads in threads.iter().copied() {
        group.bench_function(BenchmarkId::from_parameter(threads), |bencher| {
            bencher.iter_custom(|calls| on_threads(threads, calls, &call));
        });
    }
    group.finish();
}

fn calls(bench: &mut Criterion) {
    brama::breaker("bench: open").open("a bench");
    let closed = Registry::new().breaker("bench: handle");
    let failing = Registry::new().breaker("bench: failing");
    failing.configure(PolicyPatch::new().failure_threshold(1_000)).unwrap();
    let one_in_100 = |number: u64| if number.is_multiple_of(100) { Err(()) } else { Ok(number) };

    (0..200_000).for_each(|number| assert!(one_of_10_000_keys(number).is_ok()));

    story(bench, "bare call", &[1, 2, 4], bare);
    story(bench, "closed success, failures in a row", &[1, 2, 4], in_a_row);
    story(bench, "closed success, last 100 calls", &[1, 2, 4], last_100_calls);
    story(bench, "closed success, last 10 s", &[1, 2, 4], last_10_s);
    story(bench, "closed success, at most 100 in flight", &[1, 2], limited);
    story(bench, "closed success, through a handle", &[1, 2], |number| {
        closed.call(|| Ok::<_, ()>(number))
    });
    story(bench, "1 % failures, through a handle", &[1, 2], |number| {
        failing.call(|| one_in_100(number))
    });
    story(bench, "closed success, one of 10 000 keys", &[1, 2], one_of_10_000_keys);
    story(bench, "rejection", &[1, 2], open);
    story(bench, "bare async call", &[1], |number| bare_async(number).now_or_never());
    story(bench, "closed success, async", &[1, 2], |number| closed_async(number).now_or_never());
}

criterion_group!(benches, calls);
criterion_main!(benches);
