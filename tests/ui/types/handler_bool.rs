//! A handler returns an `Outcome`.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", error_handler = |paid| paid.is_ok())]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
