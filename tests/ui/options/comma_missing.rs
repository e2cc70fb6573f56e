//! Options are separated by commas; the rest is read all the same.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank" max_attempts = 0)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
