//! Over a block too, a whole policy leaves nothing to set.

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
