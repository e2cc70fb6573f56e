//! A failure without a reason.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", error_handler = |_| brama::Outcome::Failure)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
