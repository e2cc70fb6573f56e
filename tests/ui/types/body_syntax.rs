//! What is wrong in the body is the compiler's to say, once.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
fn charge() -> Result<u8, CircuitOpen> {
    let paid = missing;
    Ok(paid)
}

fn main() {}
