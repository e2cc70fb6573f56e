//! `key` is not an option of a block.

use brama::{CircuitOpen, circuit_breaker};

struct Bank;

#[circuit_breaker(key = node)]
impl Bank {
    #[circuit_breaker(identifier = "bank")]
    fn charge(&self) -> Result<u8, CircuitOpen> {
        Ok(1)
    }
}

fn main() {}
