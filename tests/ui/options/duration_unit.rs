//! An unknown unit: the message lists the units.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", probe_timeout = "5min")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
