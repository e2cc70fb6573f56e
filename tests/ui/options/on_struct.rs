//! The attribute protects functions and methods, not structs.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
struct Bank;

fn main() {}
