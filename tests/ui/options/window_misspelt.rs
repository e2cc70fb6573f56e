//! A window of another name.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", window = call(100))]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
