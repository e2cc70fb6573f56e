//! A constant for `expiry` that is not a duration.

use brama::{CircuitOpen, circuit_breaker};

const WAIT: u64 = 5;

#[circuit_breaker(identifier = "bank", expiry = WAIT)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
