//! The error is an associated type of a parameter of the `impl` block.

use brama::circuit_breaker;

trait Service {
    type Error;

    fn call(&self) -> Result<u8, Self::Error>;
}

struct Bank<Inner>(Inner);

impl<Inner: Service> Bank<Inner> {
    #[circuit_breaker(identifier = "bank")]
    fn charge(&self) -> Result<u8, Inner::Error> {
        self.0.call()
    }
}

fn main() {}
