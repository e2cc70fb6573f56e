//! Bytes a breaker and allocations a call, counted by an allocator; prints lines as JSON.
//!
//! A binary of its own, so that nothing is counted where time is measured.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "a bench fails loudly and prints")]

use allocation_counter::measure;
use peers::{
    numbers::Numbers,
    peers::{Peer, all},
    results::{Figure, Line, Spread, Unit},
    subject::{Rule, Subject, Why},
};

fn main() {
    let lines = [
        line("memory of a breaker", "idle", Unit::Bytes, |peer| bytes(peer, Rule::InARow, 0)),
        line("memory of a breaker", "after 100 calls, last 100 calls", Unit::Bytes, |peer| {
            bytes(peer, Rule::Last100Calls, 100)
        }),
        line("allocations a call", "success", Unit::Allocations, success),
        line("allocations a call", "failure", Unit::Allocations, failure),
        line("allocations a call", "refusal", Unit::Allocations, refusal),
        line("allocations a call", "async success", Unit::Allocations, async_success),
    ];
    println!("{}", serde_json::to_string(&lines).expect("lines are JSON"));
}

fn line(
    story: &str,
    setting: &str,
    unit: Unit,
    figure: impl Fn(&dyn Peer) -> Result<Figure, Why>,
) -> Line {
    let figure = |peer| figure(peer).unwrap_or_else(Figure::none);
    let figures = all().into_iter().map(figure).collect();
    Line { story: story.to_owned(), setting: setting.to_owned(), unit, figures }
}

/// How many breakers are made: a registry's map grows at some of them, the median tells of none.
const BREAKERS: usize = 1_001;

/// One call in so many fails; the window is as full of failures as it can be without opening.
const FAILING: u64 = 3;

/// What a breaker holds after so many calls, itself included.
fn bytes(peer: &dyn Peer, rule: Rule, calls: u64) -> Result<Figure, Why> {
    let first = peer.fresh(rule)?;
    let _ = first.run(Numbers::failing(100, FAILING));
    let mut kept = Vec::with_capacity(BREAKERS);
    let held = (0..BREAKERS).map(|_| {
        let made = measure(|| {
            let subject = peer.fresh(rule).expect("it was there before");
            let _ = subject.run(Numbers::failing(calls, FAILING));
            kept.push(subject);
        });
        f64::from(i32::try_from(made.bytes_current).expect("a breaker is small"))
    });
    Ok(Figure::of(Spread::over(held.collect()), first.flaw()))
}

/// How many calls are counted.
const CALLS: u64 = 1_000;

fn success(peer: &dyn Peer) -> Result<Figure, Why> {
    let calls = peer.calls(Rule::InARow)?;
    Ok(allocations(&Subject::Sync(calls), u64::MAX, CALLS))
}

fn async_success(peer: &dyn Peer) -> Result<Figure, Why> {
    let tasks = peer.tasks(Rule::InARow)?;
    Ok(allocations(&Subject::Async(tasks), u64::MAX, CALLS))
}

/// Every second call fails; successes allocate less or as much.
fn failure(peer: &dyn Peer) -> Result<Figure, Why> {
    let calls = peer.calls(Rule::InARow)?;
    if 0 < calls.run(Numbers::failing(CALLS, 2)) {
        return Err(calls.flaw().expect("a breaker that opens here has a flaw"));
    }
    Ok(allocations(&Subject::Sync(calls), 2, CALLS / 2))
}

fn refusal(peer: &dyn Peer) -> Result<Figure, Why> {
    let subject = Subject::Sync(peer.calls(Rule::InARow)?);
    if subject.open() { Ok(allocations(&subject, u64::MAX, CALLS)) } else { Err("") }
}

/// Allocations of [`CALLS`] calls, after some that may set things up, over so many of them.
fn allocations(subject: &Subject, every: u64, over: u64) -> Figure {
    let _ = subject.run(Numbers::failing(100, every));
    let run = |calls| measure(|| assert!(subject.run(Numbers::failing(calls, every)) <= calls));
    let (none, all) = (run(0).count_total, run(CALLS).count_total);
    let float = |count| f64::from(u32::try_from(count).expect("few"));
    Figure::of(Spread::exact(float(all - none) / float(over)), None)
}
