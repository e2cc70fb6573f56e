//! The timeout of a block on two sync functions: an error at each.

use brama::{CircuitOpen, circuit_breaker};

struct Bank;

#[circuit_breaker(scope = "bank", timeout = "5s")]
impl Bank {
    #[circuit_breaker(identifier = "charge")]
    fn charge() -> Result<u8, CircuitOpen> {
        Ok(1)
    }

    #[circuit_breaker(identifier = "refund")]
    fn refund() -> Result<u8, CircuitOpen> {
        Ok(1)
    }
}

fn main() {}
