//! Asking happens at run time.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
const fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
