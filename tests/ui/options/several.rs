//! Three mistakes are three errors.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "", retries = 3, expiry = 30)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
