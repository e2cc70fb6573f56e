//! A value in parentheses instead of after `=`.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier("bank"))]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
