//! It decorates functions and methods.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
struct Bank;

fn main() {}
