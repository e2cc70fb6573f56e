//! A name of resilience4j, as Java writes it.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", waitDurationInOpenState = 60000)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
