//! A path is not quoted.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", crate = "brama")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
