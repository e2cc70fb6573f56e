//! A function of a kind that is not yet stable.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
gen fn charges() -> u8 {
    yield 1;
}

fn main() {}
