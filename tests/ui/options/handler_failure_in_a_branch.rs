//! A failure without a reason in one branch.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(
    identifier = "bank",
    error_handler = |paid| match paid {
        Ok(()) => brama::Outcome::Success,
        Err(_) => brama::Outcome::Failure("down"),
    },
)]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
