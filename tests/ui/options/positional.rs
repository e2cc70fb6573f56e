//! A value without a name.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker("bank")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
