//! Only a `Result` has an error for `failure_if`.

use brama::{circuit_breaker};

#[circuit_breaker(identifier = "bank", failure_if = |_| true, fallback = None)]
fn charge() -> Option<u8> {
    None
}

fn main() {}
