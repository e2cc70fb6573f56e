//! A number of another type.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", max_attempts = 5u64)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
