//! A patch with a value outside its limits.

use brama::{CircuitOpen, PolicyPatch, circuit_breaker};

const NEVER: PolicyPatch = PolicyPatch::new().failure_threshold(0);

#[circuit_breaker(identifier = "bank", policy = NEVER)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
