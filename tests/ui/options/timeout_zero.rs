//! A timeout of zero.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", timeout = "0s", on_timeout = |_| Ok(1))]
async fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
