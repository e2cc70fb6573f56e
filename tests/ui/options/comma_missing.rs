//! A missing comma: the options after it are still read.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank" max_attempts = 0)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
