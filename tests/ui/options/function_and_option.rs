//! Mistakes in the function and in the options are reported together.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", retries = 3)]
const fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
