//! The error of the future's answer cannot say that the circuit is open.

use brama::circuit_breaker;

struct PayError;

#[circuit_breaker(identifier = "bank")]
fn charge() -> impl Future<Output = Result<u8, PayError>> {
    async { Ok(1) }
}

fn main() {}
