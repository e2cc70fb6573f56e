//! The beginning of one option only, so the identifier is not missing too.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(iden = "bank")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
