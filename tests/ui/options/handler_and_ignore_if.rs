//! In the other order too: at the second.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", ignore_if = is_late, error_handler = judge)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
