//! An `Option` with a `fallback` still needs an `error_handler`.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank", fallback = None)]
fn balance() -> Option<u8> {
    None
}

fn main() {}
