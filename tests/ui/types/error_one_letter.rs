//! The name of the error is as short as that of a type parameter.

use brama::circuit_breaker;

enum E {
    Declined,
}

#[circuit_breaker(identifier = "bank")]
fn charge() -> Result<u8, E> {
    Err(E::Declined)
}

fn main() {}
