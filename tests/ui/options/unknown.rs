//! A name that is no option: the options are listed.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", retries = 3)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
