//! An unknown option that resembles none: the message lists the options.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", colour = 3)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
