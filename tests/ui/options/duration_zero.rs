//! Below the limit.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", expiry = "0s")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
