//! Two letters that begin one option.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", ig = is_late)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
