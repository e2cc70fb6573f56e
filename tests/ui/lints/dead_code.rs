//! A function that is never called.

#![deny(dead_code)]

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

#[circuit_breaker(identifier = "bank")]
async fn charge_later() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
