//! The attribute protects functions, not statements.

use brama::circuit_breaker;

fn pay() -> u8 {
    #[circuit_breaker(identifier = "bank")]
    let paid = 1;
    paid
}

fn main() {
    pay();
}
