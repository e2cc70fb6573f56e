//! The same for an `async fn`.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
async fn charge() {}

fn main() {}
