//! A new configuration of a registry with many breakers: how long it takes, and how long it holds
//! up calls meanwhile.
//!
//! `cargo bench --bench reload` prints milliseconds, the median of 21 reloads; then the longest of
//! the calls on another thread while reloads run without a pause, and the time that one in ten
//! thousand and one in a thousand exceeded, in microseconds.

#![expect(clippy::print_stdout, reason = "a program that prints a table")]
#![expect(clippy::disallowed_methods, reason = "it measures on the system's clock")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench fails loudly")]

use std::{
    hint::black_box,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use brama::{Breaker, Config, Identity, PolicyPatch, Registry};

const BREAKERS: u32 = 10_000;
const ENTRIES: u32 = 2_000;

fn main() {
    for (name, registry) in [("names", of_names()), ("2 000 names, 5 keys each", of_keys())] {
        println!("10 000 breakers: {name}");
        let (registry, _breakers) = registry;
        row("reload, 2 000 entries changed", &registry, entries);
        row("reload, defaults changed", &registry, |round| {
            entries(0).defaults(in_a_row(20 + round))
        });
        row("reload, nothing changed", &registry, |_| entries(0));
        configure(&registry);
        calls(&registry);
    }
}

fn in_a_row(failures: u32) -> PolicyPatch {
    PolicyPatch::new().failure_threshold(failures)
}

/// A configuration of 2 000 breakers, each of which differs from round to round.
fn entries(round: u32) -> Config {
    let patch = |number| in_a_row(1 + (number + round) % 40).expiry(Duration::from_secs(30));
    (0..ENTRIES).fold(Config::new(), |config, number| config.configure(name(number), patch(number)))
}

fn name(number: u32) -> String {
    format!("service-{number}")
}

fn of_names() -> (Registry, Vec<Breaker>) {
    let registry = Registry::new();
    let breakers = (0..BREAKERS).map(|number| registry.breaker(name(number))).collect();
    (registry, breakers)
}

fn of_keys() -> (Registry, Vec<Breaker>) {
    let registry = Registry::new();
    let breaker = |number: u32| {
        let name = name(number % ENTRIES);
        registry.breaker(Identity::new(&name).with_key(number / ENTRIES))
    };
    let breakers = (0..BREAKERS).map(breaker).collect();
    (registry, breakers)
}

fn row(what: &str, registry: &Registry, config: impl Fn(u32) -> Config) {
    let mut times: Vec<_> = (1..=21)
        .map(|round| {
            let config = config(round);
            let begun = Instant::now();
            black_box(registry.reload(config).unwrap());
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!("  {what:52}{:10.2} ms", times[10].as_secs_f64() * 1_000.0);
}

fn configure(registry: &Registry) {
    let begun = Instant::now();
    for round in 0..1_000 {
        registry.configure("service-7", in_a_row(1 + round % 9)).unwrap();
    }
    let each = begun.elapsed() / 1_000;
    println!("  {:52}{:10.2} us", "configure of one", each.as_secs_f64() * 1_000_000.0);
    registry.unconfigure("service-7");
}

/// Calls of one breaker while reloads run without a pause, and while the other thread works without
/// them: what the first has above the second, reloads have caused.
fn calls(registry: &Registry) {
    let reload = |config| drop(registry.reload(config).unwrap());
    let other_work = |config: Config| drop(black_box(config.clone()));
    calls_during("reloads", registry, &reload);
    calls_during("other work", registry, &other_work);
}

fn calls_during(what: &str, registry: &Registry, work: &(impl Fn(Config) + Sync)) {
    let breaker = registry.breaker(name(7));
    let stop = AtomicBool::new(false);
    let mut times = thread::scope(|scope| {
        let busy = || (0..).map_while(|round| (!stop.load(Ordering::Relaxed)).then_some(round));
        scope.spawn(move || busy().for_each(|round| work(entries(round))));
        let call = |_| {
            let begun = Instant::now();
            breaker.call(|| Ok::<_, ()>(())).unwrap();
            begun.elapsed()
        };
        let times: Vec<_> = (0..2_000_000).map(call).collect();
        stop.store(true, Ordering::Relaxed);
        times
    });
    times.sort_unstable();
    let us = |rank: usize| times[times.len() - 1 - rank].as_secs_f64() * 1_000_000.0;
    println!(
        "  {:52}{:10.2} us; in 10 000: {:.2} us, in 1 000: {:.2} us",
        format!("the longest of 2 000 000 calls during {what}"),
        us(0),
        us(200),
        us(2_000)
    );
}
