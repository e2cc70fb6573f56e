//! The error is an associated type of a parameter.

use brama::circuit_breaker;

trait Bank {
    type Error;

    fn pay(&self) -> Result<u8, Self::Error>;
}

#[circuit_breaker(identifier = "bank")]
fn charge<B: Bank>(bank: &B) -> Result<u8, B::Error> {
    bank.pay()
}

fn main() {}
