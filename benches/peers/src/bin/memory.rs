//! Counts bytes per breaker and allocations per call, and prints them as JSON.
//!
//! It is a separate binary, because its allocator counts and would slow down timed calls.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "a bench fails loudly and prints")]

use allocation_counter::measure;
use peers::{
    numbers::Numbers,
    peers::{Peer, all},
    results::{Figure, Line, Spread, Unit},
    subject::{Note, Rule, Subject},
};

fn main() {
    let lines = [
        line("memory", "idle", Unit::Bytes, |peer| bytes(peer, Rule::InARow, 0)),
        line("memory", "after 100 calls, rule: last 100 calls", Unit::Bytes, |peer| {
            bytes(peer, Rule::Last100Calls, 100)
        }),
        line("allocations", "success", Unit::Allocations, success),
        line("allocations", "failure", Unit::Allocations, failure),
        line("allocations", "rejection", Unit::Allocations, rejection),
        line("allocations", "async success", Unit::Allocations, async_success),
    ];
    println!("{}", serde_json::to_string(&lines).expect("lines are JSON"));
}

fn line(
    story: &str,
    setting: &str,
    unit: Unit,
    figure: impl Fn(&dyn Peer) -> Result<Figure, Note>,
) -> Line {
    let figure = |peer| figure(peer).unwrap_or_else(Figure::none);
    let figures = all().into_iter().map(figure).collect();
    Line { story: story.to_owned(), setting: setting.to_owned(), unit, figures }
}

/// How many breakers are created. A registry's map grows at some of them; the median ignores these.
const BREAKERS: usize = 1_001;

/// One call of so many fails: nearly as many as the window can hold without opening.
const FAILING: u64 = 3;

/// The memory of a breaker after some calls, with the breaker itself.
fn bytes(peer: &dyn Peer, rule: Rule, calls: u64) -> Result<Figure, Note> {
    let first = peer.fresh(rule)?;
    let _ = first.run(Numbers::failing(100, FAILING));
    let mut kept = Vec::with_capacity(BREAKERS);
    let held = (0..BREAKERS).map(|_| {
        let made = measure(|| {
            let subject = peer.fresh(rule).expect("the first one succeeded");
            let _ = subject.run(Numbers::failing(calls, FAILING));
            kept.push(subject);
        });
        f64::from(i32::try_from(made.bytes_current).expect("a breaker is small"))
    });
    Ok(Figure::of(Spread::over(held.collect()), first.flaw()))
}

/// How many calls the counted runs make.
const CALLS: u64 = 1_000;

fn success(peer: &dyn Peer) -> Result<Figure, Note> {
    let calls = peer.calls(Rule::InARow)?;
    Ok(allocations(&Subject::Sync(calls), u64::MAX, CALLS))
}

fn async_success(peer: &dyn Peer) -> Result<Figure, Note> {
    let tasks = peer.tasks(Rule::InARow)?;
    Ok(allocations(&Subject::Async(tasks), u64::MAX, CALLS))
}

/// Every second call fails; a success allocates at most as much as a failure.
fn failure(peer: &dyn Peer) -> Result<Figure, Note> {
    let calls = peer.calls(Rule::InARow)?;
    if 0 < calls.run(Numbers::failing(CALLS, 2)) {
        return Err(calls.flaw().expect("a breaker that opens here has a flaw"));
    }
    Ok(allocations(&Subject::Sync(calls), 2, CALLS / 2))
}

fn rejection(peer: &dyn Peer) -> Result<Figure, Note> {
    let subject = Subject::Sync(peer.calls(Rule::InARow)?);
    if subject.open() { Ok(allocations(&subject, u64::MAX, CALLS)) } else { Err("") }
}

/// Allocations of [`CALLS`] calls divided by `over`, after calls that set things up.
fn allocations(subject: &Subject, every: u64, over: u64) -> Figure {
    let _ = subject.run(Numbers::failing(100, every));
    let run = |calls| measure(|| assert!(subject.run(Numbers::failing(calls, every)) <= calls));
    let (none, all) = (run(0).count_total, run(CALLS).count_total);
    let float = |count| f64::from(u32::try_from(count).expect("few"));
    Figure::of(Spread::exact(float(all - none) / float(over)), None)
}
