//! The large units come first.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", expiry = "30s 1m")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
