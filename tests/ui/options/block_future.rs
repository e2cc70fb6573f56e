//! What one function returns says nothing of the others.

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
