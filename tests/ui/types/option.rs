//! An `Option` says neither what failed nor what to answer while open.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
fn balance() -> Option<u8> {
    None
}

fn main() {}
