//! A function without a return type returns no stream.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank", stream = "end")]
fn charge() {}

fn main() {
    charge();
}
