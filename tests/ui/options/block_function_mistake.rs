//! A mistake in the attribute of a function in a block.

use brama::{CircuitOpen, circuit_breaker};

struct Bank;

#[circuit_breaker(scope = "eu")]
impl Bank {
    #[circuit_breaker(identifier = "bank", retry = 3, expiry = 5)]
    fn charge(&self) -> Result<u8, CircuitOpen> {
        Ok(1)
    }
}

fn main() {}
