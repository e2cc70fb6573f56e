//! `fallback` is not an option of a block.

use brama::{CircuitOpen, circuit_breaker};

struct Bank;

#[circuit_breaker(scope = "eu", fallback = Ok(0))]
impl Bank {
    #[circuit_breaker(identifier = "bank")]
    fn charge(&self) -> Result<u8, CircuitOpen> {
        Ok(1)
    }
}

fn main() {}
