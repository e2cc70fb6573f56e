//! No return type: the same two questions, at the name.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
fn charge() {}

fn main() {}
