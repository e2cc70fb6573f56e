//! An `on_timeout` that returns another type.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", timeout = "5s", on_timeout = |_| 5)]
async fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
