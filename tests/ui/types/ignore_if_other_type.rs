//! `ignore_if` for another error type: the message shows both signatures.

use brama::{CircuitOpen, circuit_breaker};

fn is_late(error: &u8) -> bool {
    *error == 1
}

#[circuit_breaker(identifier = "bank", ignore_if = is_late)]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
