//! Unused items in a body.

#![deny(unused_variables, unused_imports)]

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
async fn charge_later() -> Result<(), CircuitOpen> {
    use std::collections::HashMap;
    let amount = 1;
    Ok(())
}

fn main() {
    let _ = charge_later();
}
