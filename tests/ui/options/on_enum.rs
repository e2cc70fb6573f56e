//! The attribute protects functions and methods, not enums.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
enum Bank {}

fn main() {}
