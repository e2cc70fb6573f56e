//! No method of the trait has a body to protect.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(scope = "eu", max_attempts = 3)]
trait Bank {
    #[circuit_breaker(identifier = "charge")]
    fn charge(&self) -> Result<u8, CircuitOpen>;

    fn refund(&self) -> Result<u8, CircuitOpen>;
}

fn main() {}
