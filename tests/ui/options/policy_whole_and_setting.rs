//! A whole `Policy` has no setters.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", policy = brama::Policy::conservative(), jitter = 0.1)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
