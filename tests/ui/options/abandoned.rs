//! A text that is no value of `abandoned`.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", abandoned = "success")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
