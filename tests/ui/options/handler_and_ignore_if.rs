//! `ignore_if` and `error_handler` exclude each other, in this order too.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", ignore_if = is_late, error_handler = judge)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
