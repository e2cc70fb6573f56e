//! A constant of another type.

use brama::{CircuitOpen, circuit_breaker};

use std::time::Duration;

const WAIT: Duration = Duration::from_secs(5);

#[circuit_breaker(identifier = "bank", max_attempts = WAIT)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
