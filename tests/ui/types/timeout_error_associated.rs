//! The error of a call that timed out is an associated type.

use brama::{CircuitOpen, circuit_breaker};

trait Bank {
    type Error: From<CircuitOpen>;

    async fn pay(&self) -> Result<u8, Self::Error>;
}

#[circuit_breaker(identifier = "bank", timeout = "5s")]
async fn charge<B: Bank>(bank: B) -> Result<u8, B::Error> {
    bank.pay().await
}

fn main() {}
