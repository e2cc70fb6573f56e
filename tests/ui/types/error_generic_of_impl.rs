//! The error is a parameter of the `impl` block.

use brama::circuit_breaker;

struct Bank<E>(E);

impl<E: Clone> Bank<E> {
    #[circuit_breaker(identifier = "bank")]
    fn charge(&self) -> Result<u8, E> {
        Err(self.0.clone())
    }
}

fn main() {}
