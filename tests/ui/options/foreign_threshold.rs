//! The threshold under another name.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", threshold = 5)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
