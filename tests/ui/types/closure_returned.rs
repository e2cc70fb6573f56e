//! The type of a returned closure's parameter cannot be inferred from the return type.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
fn parser() -> Result<impl Fn(&str) -> usize, CircuitOpen> {
    Ok(|text| text.len())
}

fn main() {
    let _ = parser();
}
