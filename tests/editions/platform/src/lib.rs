//! A crate that renames brama and re-exports it to crates that do not depend on it.

pub use breaker;
use breaker::{CircuitOpen, circuit_breaker};

/// Returns `number`.
///
/// # Errors
///
/// [`CircuitOpen`] if the circuit is open.
#[circuit_breaker(identifier = "platform: renamed", crate = breaker, max_attempts = 3)]
pub fn charge(number: u8) -> Result<u8, CircuitOpen> {
    Ok(number)
}

/// Returns `number` when awaited.
///
/// # Errors
///
/// [`CircuitOpen`] if the circuit is open.
#[circuit_breaker(identifier = identifier, crate = ::breaker, expiry = progressive("5s", "10s"))]
pub async fn charge_later(identifier: &str, number: u8) -> Result<u8, CircuitOpen> {
    Ok(number)
}

/// Writes a protected function in a crate that does not depend on brama.
#[macro_export]
macro_rules! protected {
    ($name:ident, $identifier:expr) => {
        #[$crate::breaker::circuit_breaker(identifier = $identifier, crate = $crate::breaker)]
        async fn $name() -> ::core::result::Result<u8, $crate::breaker::CircuitOpen> {
            Ok(2)
        }
    };
}
