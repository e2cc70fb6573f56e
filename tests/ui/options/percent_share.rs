//! A share instead of a percentage.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", max_open_share = 0.5)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
