//! A function that never returns has no result.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
fn charge() -> ! {
    loop {}
}

fn main() {
    charge();
}
