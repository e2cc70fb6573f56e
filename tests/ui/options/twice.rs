//! An option is given twice: at the second.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", identifier = "shop")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
