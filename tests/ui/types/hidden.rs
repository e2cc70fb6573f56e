//! `impl Trait` that is not a future: both errors name the hidden type.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
fn accounts() -> impl Iterator<Item = u8> {
    0..3
}

fn main() {}
