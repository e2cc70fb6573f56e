//! Variadic arguments cannot be passed on (and are unstable).

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
unsafe extern "C" fn charge(_: u8, _: ...) -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
