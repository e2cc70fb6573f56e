//! An argument is no constant.

use brama::{CircuitOpen, PolicyPatch, circuit_breaker};

#[circuit_breaker(identifier = "bank", policy = policy)]
fn charge(policy: PolicyPatch) -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
