//! The probes of gobreaker.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", max_requests = 3)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
