//! One function, a breaker for each node: `cargo run --example keys`.

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::num::NonZeroUsize;

use brama::{
    CircuitOpen, Config, Identity, State, circuit_breaker, error::InitError, status::BreakerFilter,
};

/// Why a node could not be read.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("no route to host")]
    Down,
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
}

/// Node 3 is down.
#[circuit_breaker(identifier = "storage", key = node, max_attempts = 5)]
fn read(node: u32) -> Result<u32, ReadError> {
    if node == 3 { Err(ReadError::Down) } else { Ok(node * 10) }
}

fn main() -> Result<(), InitError> {
    // At most four breakers with keys, so that the example can show the bound. The default is
    // 10 000.
    let four = NonZeroUsize::MIN.saturating_add(3);
    brama::init(Config::new().max_keys(four).cleanup_interval(None))?;

    for round in 1..=7 {
        for node in 1..=4 {
            if let Err(error) = read(node) {
                println!("round {round}, node {node}: {error}");
            }
        }
    }
    println!("\nOne node is down, and the breakers of the others are not affected:");
    print_all();

    // Calls to other nodes. Healthy breakers are evicted to make room; that of node 3 stays.
    assert!((5..=100).all(|node| read(node).is_ok()));
    println!("\nA hundred nodes were read through four breakers:");
    print_all();
    let node_3 = brama::breaker(Identity::new("storage").with_key(3));
    assert_eq!(node_3.state(), State::Open);

    // The totals include the evicted breakers.
    if let Some(totals) = brama::totals("storage") {
        println!(
            "\nIn all: {} read, {} failed, {} rejected",
            totals.successes, totals.failures, totals.rejected
        );
        assert_eq!((totals.successes, totals.failures, totals.rejected), (7 * 3 + 96, 5, 2));
    }

    // All four are open, so there is no room: a call to another node is counted, never rejected.
    for breaker in brama::registry().breakers(BreakerFilter::new().identifier("storage")) {
        breaker.open("the rack lost its power");
    }
    assert!(read(200).is_ok());
    println!("\nAll four are open, and another node is read:");
    print_all();
    let status =
        brama::statuses(BreakerFilter::new().predicate(|status| status.identity.is_overflow()));
    status.iter().flat_map(|status| &status.warnings).for_each(|warning| println!("  {warning}"));
    Ok(())
}

fn print_all() {
    for status in brama::statuses(BreakerFilter::new().identifier("storage")) {
        println!("  {status}");
    }
}
