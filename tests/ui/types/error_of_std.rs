//! The error is a type of another crate.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
fn charge() -> Result<u8, String> {
    Err("declined".to_owned())
}

fn main() {}
