//! A whole policy and a setting exclude each other: the error points at `policy`.

use brama::{CircuitOpen, PolicyPatch, circuit_breaker};

const SLOW: PolicyPatch = PolicyPatch::new();

#[circuit_breaker(identifier = "bank", max_attempts = 3, policy = SLOW)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
