//! A closure as the fallback, shown as it was written.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", fallback = |open| Err(PayError::Rejected(open, paid[0] == &[1, 2])))]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
