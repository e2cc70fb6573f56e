//! Three ways to subscribe to the events of breakers: `cargo run --example events`.

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::{error::Error, num::NonZeroUsize, thread};

use brama::{
    CircuitOpen, Identity,
    circuit::By,
    circuit_breaker,
    event::{Event, EventFilter, EventKind, EventKinds, EventStream},
};

#[circuit_breaker(identifier = "payment_api", scope = "shop", max_attempts = 3)]
fn charge(cents: u32) -> Result<u32, Box<dyn Error>> {
    if cents == 0 { Err("connection refused".into()) } else { Ok(cents) }
}

#[circuit_breaker(identifier = "search", fallback = Ok(0))]
fn hits(words: &str) -> Result<usize, CircuitOpen> {
    Ok(words.len())
}

fn main() -> Result<(), Box<dyn Error>> {
    // A function on a thread of its own, called for every change of every breaker.
    let log = brama::on_event(EventKinds::CHANGES, |event| println!("log:     {event}"))?;

    // An iterator that waits for the next event. All parts of the filter must match.
    let mut openings = brama::subscribe(
        EventFilter::from(EventKind::StateChanged)
            .scope("shop")
            .predicate(|event| event.opening.is_some()),
    );
    let pager = thread::spawn(move || openings.next().map(|event| println!("pager:   {event}")));

    // A stream for tasks. Its queue holds two events, so it misses some and learns how many.
    let few = NonZeroUsize::MIN.saturating_add(1);
    let calls = EventFilter::from(EventKinds::CALLS).identifier("payment_api").capacity(few);
    let mut calls = brama::subscribe(calls).into_stream();

    (0..5).for_each(|_| drop(charge(0)));
    hits("no subscription matches the calls of this breaker, so they cost no more")?;
    pager.join().map_err(|_| "the pager panicked")?;

    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let last = runtime.block_on(two(&mut calls));
    for event in &last {
        println!("calls:   {event}");
    }
    assert_eq!(last.iter().map(|event| event.missed).collect::<Vec<_>>(), [3, 0]);

    // The status of the breaker warns of the loss as well.
    let payment = Identity::new("payment_api").in_scope("shop");
    let status = brama::status(&payment).ok_or("it was called")?;
    for warning in &status.warnings {
        println!("warning: {warning}");
    }

    brama::close(&payment, By::actor("alice", "the provider is back"))?;
    println!("alice:   {} cents", charge(1_250)?);
    // Dropping the handle ends the callback, dropping the stream ends the subscription.
    drop((log, calls));
    Ok(())
}

async fn two(calls: &mut EventStream) -> Vec<Event> {
    use futures_util::StreamExt;

    calls.take(2).collect().await
}
