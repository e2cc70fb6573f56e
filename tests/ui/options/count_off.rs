//! A count cannot be `off`.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", half_open_limit = off)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
