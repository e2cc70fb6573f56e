//! A `mut` that is not needed.

#![deny(unused_mut)]

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
fn charge(mut card: u8) -> Result<u8, CircuitOpen> {
    Ok(card)
}

#[circuit_breaker(identifier = "bank")]
async fn charge_later(mut card: u8) -> Result<u8, CircuitOpen> {
    let mut amount = 1;
    Ok(card + amount)
}

fn main() {
    let _ = (charge(1), charge_later(1));
}
