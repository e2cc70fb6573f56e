//! No method of the trait carries the attribute.

use brama::circuit_breaker;

#[circuit_breaker(scope = "eu")]
trait Bank {
    fn charge(&self) -> u8;

    fn refund(&self) -> u8 {
        1
    }
}

fn main() {}
