//! The timeout of a block does not fit two sync functions inside: an error at each.

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
