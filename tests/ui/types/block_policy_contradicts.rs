//! A setting that contradicts the policy of its block.

use brama::{CircuitOpen, PolicyPatch, circuit_breaker};

struct Bank;

const SLOW: PolicyPatch = PolicyPatch::new().failure_rate(50).minimum_calls(20);

#[circuit_breaker(policy = SLOW)]
impl Bank {
    #[circuit_breaker(identifier = "bank", window = calls(10))]
    fn charge(&self) -> Result<u8, CircuitOpen> {
        Ok(1)
    }
}

fn main() {}
