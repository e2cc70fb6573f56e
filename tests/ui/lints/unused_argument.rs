//! An argument that the body does not use.

#![deny(unused_variables)]

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
fn charge(card: u8) -> Result<(), CircuitOpen> {
    Ok(())
}

#[circuit_breaker(identifier = "bank")]
async fn charge_later(card: u8) -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = (charge(1), charge_later(1));
}
