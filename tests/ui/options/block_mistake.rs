//! A mistake over a block is told once, and what it would have set is not missed.

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
