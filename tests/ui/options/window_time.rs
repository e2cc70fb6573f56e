//! A window of time is divided into tenths.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", window = time("15ms"))]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
