//! The identifier under another name.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(name = "bank")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
