//! A colon instead of an equals sign.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier: "bank")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
