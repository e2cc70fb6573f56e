//! A number in quotes.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", window = calls("100"))]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
