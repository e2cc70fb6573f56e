//! More milliseconds than fit.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", expiry = "99999999999999999h")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
