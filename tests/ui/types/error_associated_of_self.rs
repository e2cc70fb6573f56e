//! The error is an associated type of the trait.

use brama::circuit_breaker;

trait Bank {
    type Error;

    fn pay(&self) -> Result<u8, Self::Error>;

    #[circuit_breaker(identifier = "bank")]
    fn charge(&self) -> Result<u8, Self::Error> {
        self.pay()
    }
}

fn main() {}
