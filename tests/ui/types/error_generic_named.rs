//! The error is a parameter of the `impl` block, with a name like a type's.

use brama::circuit_breaker;

struct Bank<Fault>(Fault);

impl<Fault: Clone> Bank<Fault> {
    #[circuit_breaker(identifier = "bank")]
    fn charge(&self) -> Result<u8, Fault> {
        Err(self.0.clone())
    }
}

fn main() {}
