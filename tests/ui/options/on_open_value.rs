//! A value instead of a function that returns it.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", on_open = Ok(0))]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
