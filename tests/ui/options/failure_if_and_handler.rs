//! `error_handler` and `failure_if` exclude each other: the error points at the second.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", error_handler = judge, failure_if = is_bad)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
