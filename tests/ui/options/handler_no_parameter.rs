//! A handler takes one argument.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", error_handler = || todo!())]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
