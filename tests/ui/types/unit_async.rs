//! An `async fn` without a return type: both errors point at the name.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
async fn charge() {}

fn main() {}
