//! A crate that knows brama by another name, and hands it on to crates that do not know it at all.

pub use breaker;
use breaker::{CircuitOpen, circuit_breaker};

/// Answers `number`, if it is not zero.
///
/// # Errors
///
/// Where the circuit is open.
#[circuit_breaker(identifier = "platform: renamed", crate = breaker, max_attempts = 3)]
pub fn charge(number: u8) -> Result<u8, CircuitOpen> {
    Ok(number)
}

/// Answers `number` when it is awaited.
///
/// # Errors
///
/// Where the circuit is open.
#[circuit_breaker(identifier = identifier, crate = ::breaker, expiry = progressive("5s", "10s"))]
pub async fn charge_later(identifier: &str, number: u8) -> Result<u8, CircuitOpen> {
    Ok(number)
}

/// Writes a protected function where brama need not be known.
#[macro_export]
macro_rules! protected {
    ($name:ident, $identifier:expr) => {
        #[$crate::breaker::circuit_breaker(identifier = $identifier, crate = $crate::breaker)]
        async fn $name() -> ::core::result::Result<u8, $crate::breaker::CircuitOpen> {
            Ok(2)
        }
    };
}
