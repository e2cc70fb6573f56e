//! A kind of error instead of a predicate.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank", ignore_if = std::io::ErrorKind::NotFound)]
fn charge() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
