//! The timeout of a block on a sync function.

use brama::{CircuitOpen, circuit_breaker};

struct Bank;

#[circuit_breaker(scope = "bank", timeout = "5s")]
impl Bank {
    #[circuit_breaker(identifier = "charge")]
    fn charge() -> Result<u8, CircuitOpen> {
        Ok(1)
    }
}

fn main() {}
