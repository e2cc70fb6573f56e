//! `on_timeout` takes a path or a closure.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", timeout = "5s", on_timeout = "late")]
async fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
