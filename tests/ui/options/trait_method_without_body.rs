//! A trait method without a body.

use brama::{CircuitOpen, circuit_breaker};

trait Bank {
    #[circuit_breaker(identifier = "bank")]
    fn charge(&self) -> Result<(), CircuitOpen>;
}

fn main() {}
