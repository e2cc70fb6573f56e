//! No return type: both errors point at the name of the function.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
fn charge() {}

fn main() {}
