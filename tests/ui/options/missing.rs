//! An identifier is required; here alone the whole attribute is underlined.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker()]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
