//! A public function without documentation.

#![deny(missing_docs)]

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
pub fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
