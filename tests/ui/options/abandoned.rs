//! A word that is neither.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", abandoned = "success")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
