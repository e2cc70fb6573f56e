//! A closure without its second bar, in the attribute of a function in a block.

use brama::{CircuitOpen, circuit_breaker};

struct Bank;

#[circuit_breaker(scope = "eu")]
impl Bank {
    #[circuit_breaker(identifier = "bank", trip_if = |error)]
    fn charge(&self) -> Result<u8, CircuitOpen> {
        Ok(1)
    }
}

fn main() {}
