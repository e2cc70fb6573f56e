//! Above what the type holds.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", half_open_limit = 5000000000)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
