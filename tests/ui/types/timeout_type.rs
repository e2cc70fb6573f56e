//! A number is not a duration.

use brama::{CircuitOpen, circuit_breaker};

const LIMIT: u64 = 5;

#[circuit_breaker(identifier = "bank", timeout = LIMIT, on_timeout = |_| Ok(1))]
async fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
