//! With a literal identifier, a constant cannot name `Self`.

use brama::{CircuitOpen, circuit_breaker};

struct Bank;

impl Bank {
    const LIMIT: u32 = 5;

    #[circuit_breaker(identifier = "bank", max_attempts = Self::LIMIT)]
    fn charge(&self) -> Result<u8, CircuitOpen> {
        Ok(1)
    }
}

fn main() {}
