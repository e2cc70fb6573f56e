//! A misspelt name: a suggestion, and no second error for the missing option.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifer = "bank")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
