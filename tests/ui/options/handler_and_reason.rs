//! The outcome of `error_handler` has a reason already.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", error_handler = |ret| ret.is_ok(), reason = |_| "down")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
