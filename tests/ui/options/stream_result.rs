//! A `Result` is no stream.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", stream = "end")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
