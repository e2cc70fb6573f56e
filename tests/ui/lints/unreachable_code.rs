//! Code after a return.

#![deny(unreachable_code)]

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
fn charge() -> Result<u8, CircuitOpen> {
    return Ok(1);
    Ok(2)
}

#[circuit_breaker(identifier = "bank")]
async fn charge_later() -> Result<u8, CircuitOpen> {
    loop {}
    Ok(2)
}

fn main() {
    let _ = (charge(), charge_later());
}
