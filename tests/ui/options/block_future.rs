//! `future` is not an option of a block.

use brama::{CircuitOpen, circuit_breaker};

struct Bank;

#[circuit_breaker(identifier = "bank", future = true)]
impl Bank {
    #[circuit_breaker]
    fn charge() -> impl Future<Output = Result<u8, CircuitOpen>> {
        async { Ok(1) }
    }
}

fn main() {}
