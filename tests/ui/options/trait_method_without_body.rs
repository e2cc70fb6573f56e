//! There is no body to protect.

use brama::{CircuitOpen, circuit_breaker};

trait Bank {
    #[circuit_breaker(identifier = "bank")]
    fn charge(&self) -> Result<(), CircuitOpen>;
}

fn main() {}
