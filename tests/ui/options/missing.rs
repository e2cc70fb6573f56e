//! The identifier is missing: only this error underlines the whole attribute.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker()]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
