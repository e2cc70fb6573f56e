//! A percentage as text instead of a share.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", jitter = "10%")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
