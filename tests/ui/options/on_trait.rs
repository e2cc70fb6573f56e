//! The attribute protects functions and methods, not traits.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
trait Bank {}

fn main() {}
