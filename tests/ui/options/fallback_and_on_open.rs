//! `fallback` and `on_open` exclude each other: the error points at the second.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", fallback = Ok(()), on_open = |_| Ok(()))]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
