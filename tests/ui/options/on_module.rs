//! It decorates functions and methods.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
mod bank {}

fn main() {}
