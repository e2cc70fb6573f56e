//! `on_timeout` is not an option of a block.

use brama::{CircuitOpen, circuit_breaker};

struct Bank;

#[circuit_breaker(scope = "bank", timeout = "5s", on_timeout = |_| Ok(1))]
impl Bank {
    #[circuit_breaker(identifier = "charge")]
    async fn charge() -> Result<u8, CircuitOpen> {
        Ok(1)
    }
}

fn main() {}
