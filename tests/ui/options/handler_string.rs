//! A path is not quoted.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", error_handler = "judge")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
