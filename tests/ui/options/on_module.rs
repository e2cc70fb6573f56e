//! An attribute on a module in which no function carries one.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
mod bank {}

fn main() {}
