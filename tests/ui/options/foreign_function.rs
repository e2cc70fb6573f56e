//! A foreign function has no body.

use brama::circuit_breaker;

unsafe extern "C" {
    #[circuit_breaker(identifier = "bank")]
    safe fn charge() -> u8;
}

fn main() {}
