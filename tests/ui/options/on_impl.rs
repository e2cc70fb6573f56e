//! An attribute on an `impl` block in which no function carries one.

use brama::circuit_breaker;

struct Bank;

#[circuit_breaker(identifier = "bank")]
impl Bank {}

fn main() {}
