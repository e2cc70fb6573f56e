//! A unit that is not known: the units are listed.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", probe_timeout = "5min")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
