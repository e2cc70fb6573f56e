//! A window is of calls or of time.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", window = 100)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
