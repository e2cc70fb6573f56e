//! `retry_after` returns an `Option<Duration>`.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", retry_after = |_| std::time::Duration::from_secs(20))]
fn charge() -> Result<u8, CircuitOpen> {
    Ok(1)
}

fn main() {}
