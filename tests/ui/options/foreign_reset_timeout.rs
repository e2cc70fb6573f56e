//! The expiry under another name.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", reset_timeout = "30s")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
