//! A value that ends too early.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", failure_rate = 50%)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
