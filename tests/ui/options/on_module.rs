//! Over a module it sets options for the functions that carry it: here is none.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
mod bank {}

fn main() {}
