//! `policy` cannot use an argument, which is not a constant.

use brama::{CircuitOpen, PolicyPatch, circuit_breaker};

#[circuit_breaker(identifier = "bank", policy = policy)]
fn charge(policy: PolicyPatch) -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
