//! A kind of function that is not stable yet.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
gen fn charges() -> u8 {
    yield 1;
}

fn main() {}
