//! The minimum of Hystrix and opossum.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", request_volume_threshold = 20)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
