//! An `Option` has no value for a call that timed out.

use brama::circuit_breaker;

#[circuit_breaker(
    identifier = "bank",
    timeout = "5s",
    error_handler = |found: &Option<u8>| brama::Outcome::from(found.is_some()),
    fallback = None,
)]
async fn balance() -> Option<u8> {
    None
}

fn main() {}
