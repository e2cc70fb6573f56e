//! A whole policy and a setting on a block exclude each other.

use brama::{CircuitOpen, PolicyPatch, circuit_breaker};

struct Bank;

const SLOW: PolicyPatch = PolicyPatch::new();

#[circuit_breaker(policy = SLOW, jitter = 0.1)]
impl Bank {
    #[circuit_breaker(identifier = "bank")]
    fn charge(&self) -> Result<u8, CircuitOpen> {
        Ok(1)
    }
}

fn main() {}
