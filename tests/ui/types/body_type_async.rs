//! A body of the wrong type, early and at the end.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
async fn charge(early: bool) -> Result<u8, CircuitOpen> {
    if early {
        return "early";
    }
    "paid"
}

fn main() {}
