//! Only the call of a stream may be slow until its first item.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", slow_until = "first_item")]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {
    let _ = charge();
}
