//! Several kinds of errors instead of a predicate.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", ignore_if = ErrorKind::NotFound | ErrorKind::TimedOut)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
