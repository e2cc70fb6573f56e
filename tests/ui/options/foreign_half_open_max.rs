//! The limit of probes under another name.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", half_open_max = 2)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
