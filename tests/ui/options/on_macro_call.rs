//! The attribute protects functions, not macro calls.

use brama::{CircuitOpen, circuit_breaker};

macro_rules! charge {
    () => {
        fn charge() -> Result<(), CircuitOpen> {
            Ok(())
        }
    };
}

#[circuit_breaker(identifier = "bank")]
charge!();

fn main() {}
