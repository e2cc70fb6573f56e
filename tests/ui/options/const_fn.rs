//! A `const fn` cannot use a breaker.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
const fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
