//! The message underlines the whole expression.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = count + 1)]
fn charge(count: u8) -> Result<u8, CircuitOpen> {
    Ok(count)
}

fn main() {}
