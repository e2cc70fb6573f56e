//! A mistake on a block is reported once, and its options not as missing.

use brama::{CircuitOpen, circuit_breaker};

struct Bank;

#[circuit_breaker(identifier = "")]
impl Bank {
    #[circuit_breaker]
    fn charge(&self) -> Result<u8, CircuitOpen> {
        Ok(1)
    }
}

fn main() {}
