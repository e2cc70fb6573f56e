//! An `Option` needs `error_handler`, and `fallback` or `on_open`.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
fn balance() -> Option<u8> {
    None
}

fn main() {}
