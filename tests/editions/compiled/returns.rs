//! Functions that end in `return`, each with a breaker.

use std::{future::Future, pin::Pin};

use brama::{CircuitOpen, circuit_breaker};

/// The result of these functions.
pub type Answer<T> = Result<T, CircuitOpen>;

/// Judges a result.
pub struct Judge {
    is_good: fn(&Answer<u8>) -> bool,
}

impl Judge {
    /// Has a handler that is called.
    #[circuit_breaker(identifier = "method", error_handler = self.is_good)]
    pub fn judged(&self, value: u8) -> Answer<u8> {
        return Ok(value);
    }
}

/// Returns early.
#[circuit_breaker(identifier = "early")]
pub fn early(value: u8) -> Answer<u8> {
    if value == 1 {
        return Ok(2);
    }
    return Ok(value);
}

/// Returns when awaited.
#[circuit_breaker(identifier = name, key = value, fallback = Ok(1))]
pub async fn later(name: &str, value: u8) -> Answer<u8> {
    return Ok(value + name.len() as u8);
}

/// Returns a future.
#[circuit_breaker(identifier = "future")]
pub fn future(value: u8) -> impl Future<Output = Answer<u8>> {
    return async move { return Ok(value) };
}

/// Returns a future in a box.
#[circuit_breaker(identifier = "boxed")]
pub fn boxed(value: u8) -> Pin<Box<dyn Future<Output = Answer<u8>>>> {
    return Box::pin(async move { return Ok(value) });
}

/// Has closures.
#[circuit_breaker(
    identifier = "closures",
    ignore_if = |_| return true,
    failure_if = |_| { return true },
    on_open = |open| return Err(open),
)]
pub fn closures(value: u8) -> Answer<u8> {
    return Ok(value);
}

/// Has a timeout.
#[circuit_breaker(identifier = "timeout", timeout = "1s", on_timeout = |_| Ok(1))]
pub async fn timeout(value: u8) -> Answer<u8> {
    return Ok(value);
}

/// Never returns.
#[circuit_breaker(identifier = "panics", error_handler = |answer| return answer.is_ok())]
pub fn panics() -> Answer<u8> {
    panic!("as planned")
}
