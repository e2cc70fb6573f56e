//! Over a block it sets options for the functions that carry it: here is none.

use brama::circuit_breaker;

struct Bank;

#[circuit_breaker(identifier = "bank")]
impl Bank {}

fn main() {}
