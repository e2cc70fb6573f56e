//! A window of time without `time`.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", window = "10s")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
