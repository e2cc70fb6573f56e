//! A name that is nearly right: "did you mean", and not also "missing".

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifer = "bank")]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {
    let _ = charge();
}
