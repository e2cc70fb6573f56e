//! The attribute protects functions, not expressions.

use brama::circuit_breaker;

fn pay() -> u8 {
    #[circuit_breaker(identifier = "bank")]
    receipt();
    receipt()
}

fn receipt() -> u8 {
    1
}

fn main() {}
