//! A handler takes one argument.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", error_handler = |ret, error| todo!())]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
