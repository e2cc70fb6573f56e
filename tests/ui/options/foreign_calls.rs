//! A window without its name.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", calls(100))]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
