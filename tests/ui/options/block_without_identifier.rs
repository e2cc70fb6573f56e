//! Neither the block nor the function has an identifier: the error points at the function.

use brama::{CircuitOpen, circuit_breaker};

struct Bank;

#[circuit_breaker(scope = "eu")]
impl Bank {
    #[circuit_breaker]
    fn charge(&self) -> Result<u8, CircuitOpen> {
        Ok(1)
    }
}

fn main() {}
