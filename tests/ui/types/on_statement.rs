//! The attribute protects functions, not statements.

use brama::circuit_breaker;

fn pay() {
    #[circuit_breaker(identifier = "bank")]
    let _paid = 1;
}

fn main() {
    pay();
}
