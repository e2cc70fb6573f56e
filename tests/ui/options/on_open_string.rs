//! A path is not quoted.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", on_open = "answer")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
