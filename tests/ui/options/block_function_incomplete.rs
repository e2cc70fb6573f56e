//! An option's value that ends too early, in the attribute of a function in a block.

use brama::{CircuitOpen, circuit_breaker};

struct Bank;

#[circuit_breaker(scope = "eu", expiry = "5s")]
impl Bank {
    #[circuit_breaker(identifier = "bank", failure_if = |error| error.code() ==)]
    fn charge(&self) -> Result<u8, CircuitOpen> {
        Ok(1)
    }
}

fn main() {}
