//! A returned closure whose parameter's type the hidden return type cannot tell.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
fn parser() -> Result<impl Fn(&str) -> usize, CircuitOpen> {
    Ok(|text| text.len())
}

fn main() {
    let _ = parser();
}
