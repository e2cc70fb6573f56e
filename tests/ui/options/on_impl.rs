//! It decorates functions and methods.

use brama::circuit_breaker;

struct Bank;

#[circuit_breaker(identifier = "bank")]
impl Bank {}

fn main() {}
