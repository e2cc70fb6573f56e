//! A handler is a path or a closure.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", error_handler = 5)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
