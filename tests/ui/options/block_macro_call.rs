//! The functions of the block are made by a macro.

use brama::{CircuitOpen, circuit_breaker};

macro_rules! charge {
    () => {
        #[circuit_breaker(identifier = "charge")]
        fn charge(&self) -> Result<u8, CircuitOpen> {
            Ok(1)
        }
    };
}

struct Bank;

#[circuit_breaker(scope = "eu")]
impl Bank {
    charge!();
}

fn main() {}
