//! An `Option` says neither what failed nor what to answer while open.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
fn balance() -> impl Future<Output = Option<u8>> {
    async { None }
}

fn main() {}
