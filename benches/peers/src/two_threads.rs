//! Two threads on one breaker of brama, wherever they run: `cargo peers placement`.
//!
//! On a virtual machine the distance between two processors changes. A cache line that both write
//! tells it.

use std::{
    hint::spin_loop,
    sync::atomic::{
        AtomicU32,
        Ordering::{Acquire, Release},
    },
    thread,
};

use crate::{
    numbers::Numbers,
    peers::{self, OURS},
    placement::Placement,
    results::Spread,
    subject::{Calls, Rule},
    threads::{Load, Run, now, on_threads},
};

/// The rounds of a story, and the calls of each: about 15 ms.
const ROUNDS: usize = 31;
const CALLS: u64 = 1_600_000;

/// Calls through one breaker.
struct Story {
    name: String,
    calls: Calls,
    /// One call of so many fails.
    every: u64,
}

/// Measures how far the processors are from each other, and each story with one thread and with
/// two. A line for each: what one thread takes, then for each placement of two the nanoseconds,
/// their ratio to one thread, and the share of the rounds that ended with both threads on one
/// processor.
#[must_use]
pub fn lines() -> Vec<String> {
    let distance = || format!("a cache line goes there and back in {:.0} ns", round_trip());
    let stories: Vec<_> = stories().iter().flat_map(Story::lines).collect();
    [distance()].into_iter().chain(stories).chain([distance()]).collect()
}

/// How long a cache line takes to another processor and back, in nanoseconds.
fn round_trip() -> f64 {
    const TRIPS: u32 = 100_000;
    let turn = AtomicU32::new(0);
    let take_turns = |number: u32| {
        Placement::Apart.pin(number.into());
        let begun = now();
        for trip in 0..TRIPS {
            while turn.load(Acquire) != 2 * trip + number {
                spin_loop();
            }
            turn.store(2 * trip + number + 1, Release);
        }
        begun.elapsed().as_secs_f64() * 1e9 / f64::from(TRIPS)
    };
    thread::scope(|scope| {
        scope.spawn(|| take_turns(1));
        scope.spawn(|| take_turns(0)).join().expect("it only counts")
    })
}

fn stories() -> Vec<Story> {
    let brama = peers::all().into_iter().nth(*OURS.start()).expect("the attribute");
    let calls = |rule| brama.calls(rule).expect("brama has every rule");
    let of_rule = |rule: Rule| Story {
        name: format!("success, {}", rule.name()),
        calls: calls(rule),
        every: u64::MAX,
    };
    let failing = Story { name: "1 % fail".to_owned(), calls: calls(Rule::InARow), every: 100 };
    let open = calls(Rule::InARow);
    let _ = open.run(Numbers::failing(1_000, 1));
    let rejection = Story { name: "rejection".to_owned(), calls: open, every: u64::MAX };
    Rule::ALL.into_iter().map(of_rule).chain([failing, rejection]).collect()
}

impl Story {
    fn lines(&self) -> Vec<String> {
        let alone: Vec<_> = (0..ROUNDS).map(|_| self.run(1, Placement::Apart).nanos()).collect();
        let alone = Spread::over(alone);
        let line = |placement| {
            let runs: Vec<_> = (0..ROUNDS).map(|_| self.run(2, placement)).collect();
            let on_one = runs.iter().filter(|run| run.processors == 1).count();
            let Spread { min, median, max } =
                Spread::over(runs.iter().map(|it| it.nanos()).collect());
            format!(
                "{:28} {placement:10?} {median:5.1} ns ({min:.1} to {max:.1}), {:.2} of one thread, \
                 {:3.0} % of the rounds on one processor",
                self.name,
                median / alone.median,
                100.0 * ratio(on_one, ROUNDS),
            )
        };
        let alone = format!("{:28} one thread {:5.1} ns", self.name, alone.median);
        [alone].into_iter().chain(Placement::ALL.map(line)).collect()
    }

    fn run(&self, threads: usize, placement: Placement) -> Run {
        let load = Load { every: self.every, placement, ..Load::succeeding(CALLS) };
        on_threads(&self.calls, threads, load)
    }
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}
