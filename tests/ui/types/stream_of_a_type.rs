//! A type with a name may be an alias of a boxed stream; this one is not.

use brama::circuit_breaker;

struct Charges;

#[circuit_breaker(identifier = "bank", stream = "end")]
fn charges() -> Charges {
    Charges
}

fn main() {
    let _ = charges();
}
