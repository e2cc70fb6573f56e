//! Metrics of many breakers: how long a text takes, what it allocates, and whether calls notice.
//!
//! `cargo bench --bench metrics` prints milliseconds and allocations of a text of 10 000 breakers,
//! and nanoseconds of a call with and without a thread that renders without a pause.

#![expect(clippy::print_stdout, reason = "a program that prints a table")]
#![expect(clippy::disallowed_methods, reason = "it measures on the system's clock")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench fails loudly")]

use std::{
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use allocation_counter::measure;
use brama::{
    Breaker, Identity, PolicyPatch, Registry,
    metrics::{Exposition, Naming},
    status::BreakerFilter,
};

const BREAKERS: usize = 10_000;
const ROUNDS: usize = 21;

fn main() {
    println!(
        "{BREAKERS} breakers: 10 identifiers with 1 000 keys each; least and median of {ROUNDS} rounds"
    );
    let plain = registry(PolicyPatch::new());
    let rate = registry(PolicyPatch::new().failure_rate(50));
    let durations = registry(PolicyPatch::new().failure_rate(50).durations(true));
    let native = Exposition::new();
    let resilience4j = native.naming(Naming::Resilience4j);
    text("native names, failures in a row", native, &plain);
    text("native names, a rate", native, &rate);
    text("native names, a rate and durations", native, &durations);
    text("names of Resilience4j, a rate", resilience4j, &rate);
    let mut kept = String::new();
    pass("native names, a rate, into a kept buffer", || {
        kept.clear();
        native.render_into(&rate, &mut kept).unwrap();
    });
    let mut openings = 0;
    pass("for_each_series", || {
        rate.for_each_series(|series| openings += black_box(series.openings));
    });
    pass("for_each_status", || {
        rate.for_each_status(&BreakerFilter::new(), |status| {
            openings += black_box(status.opening).unwrap_or(0);
        });
    });
    calls("a call, failures in a row", &plain);
    calls("a call, a rate", &rate);
    calls("a call, durations", &durations);
    crowded("a call, a rate, of two threads", &rate);
    crowded("a call, durations, of two threads", &durations);
}

fn registry(patch: PolicyPatch) -> Registry {
    let registry = Registry::new();
    for number in 0..BREAKERS {
        let identity = Identity::new(format!("service {}", number % 10)).with_key(number);
        if number < 10 {
            registry.configure(identity.identifier(), patch).unwrap();
        }
        let breaker = registry.breaker(identity);
        (0..5).for_each(|_| drop(breaker.call(|| Ok::<_, ()>(()))));
        drop(breaker.call(|| Err::<(), _>("busy")));
        if number % 100 == 0 {
            breaker.open("bench");
        }
    }
    registry
}

fn text(name: &str, exposition: Exposition, registry: &Registry) {
    let bytes = exposition.render(registry).len();
    pass(name, || drop(black_box(exposition.render(registry))));
    println!("{:40}{:8.1} MB", "", f64::from(u32::try_from(bytes).unwrap()) / 1e6);
}

fn pass(name: &str, mut run: impl FnMut()) {
    let mut rounds: Vec<_> = (0..ROUNDS).map(|_| timed(&mut run)).collect();
    rounds.sort_unstable();
    let [least, median] = [rounds[0], rounds[ROUNDS / 2]].map(|it| it.as_secs_f64() * 1e3);
    let allocations = measure(&mut run).count_total;
    let each = f64::from(u32::try_from(allocations).unwrap()) / 10_000.0;
    println!("{name:40}{least:8.1} ms{median:8.1} ms{each:8.2} allocations a breaker");
}

fn calls(name: &str, registry: &Registry) {
    let breaker = registry.breaker(Identity::new("service 1").with_key(1));
    let alone = call(&breaker);
    let stop = Arc::new(AtomicBool::new(false));
    let scraper = {
        let (registry, stop) = (registry.clone(), Arc::clone(&stop));
        thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                black_box(Exposition::new().render(&registry));
            }
        })
    };
    let meanwhile = call(&breaker);
    stop.store(true, Ordering::Relaxed);
    scraper.join().unwrap();
    println!("{name:44}{alone:10.1} ns alone {meanwhile:10.1} ns with a scraper");
}

/// Two threads call one breaker: the time of both over the calls of both, on two processors.
fn crowded(name: &str, registry: &Registry) {
    let breaker = registry.breaker(Identity::new("service 2").with_key(2));
    let each = thread::scope(|scope| {
        let calls = [0, 1].map(|_| scope.spawn(|| call(&breaker)));
        calls.map(|call| call.join().unwrap())
    });
    println!("{name:44}{:10.1} ns and {:.1} ns", each[0], each[1]);
}

/// The median of a call, in nanoseconds.
fn call(breaker: &Breaker) -> f64 {
    const CALLS: u32 = 10_000;
    let run = || (0..CALLS).for_each(|_| drop(black_box(breaker.call(|| Ok::<_, ()>(())))));
    median((0..501).map(|_| timed(run))).as_secs_f64() * 1e9 / f64::from(CALLS)
}

fn timed(mut run: impl FnMut()) -> Duration {
    let begun = Instant::now();
    run();
    begun.elapsed()
}

fn median(rounds: impl Iterator<Item = Duration>) -> Duration {
    let mut rounds: Vec<_> = rounds.collect();
    rounds.sort_unstable();
    rounds[rounds.len() / 2]
}
