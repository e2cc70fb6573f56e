//! `failure_if` returns a `bool`.

use brama::{CircuitOpen, Outcome, circuit_breaker};

#[circuit_breaker(identifier = "bank", failure_if = |_| Outcome::Ignore)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
