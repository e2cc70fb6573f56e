//! The timeout of a block does not fit the sync function inside.

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
