//! An `Option` with a fallback still does not say what failed.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank", fallback = None)]
fn balance() -> Option<u8> {
    None
}

fn main() {}
