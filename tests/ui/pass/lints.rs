//! Generated code causes no warnings, and the user's code keeps its own.

#![deny(warnings)]
#![warn(
    unused,
    unused_qualifications,
    unused_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    unreachable_pub,
    let_underscore_drop,
    redundant_lifetimes,
    missing_docs,
    unused_results
)]

use brama::{CircuitOpen, Outcome, PolicyPatch, circuit_breaker};

type Answer<T> = Result<T, CircuitOpen>;

#[circuit_breaker(identifier = "one line")]
fn one_line(value: u8) -> Answer<u8> { Ok(value) }

#[circuit_breaker(identifier = "one line later")]
async fn one_line_later(value: u8) -> Answer<u8> { Ok(value) }

#[circuit_breaker(identifier = "span", span = true)]
fn span(value: u8) -> Answer<u8> { Ok(value) }

#[circuit_breaker(identifier = "span later", key = value, span = true, fallback = Ok(value))]
async fn span_later(value: u8) -> Answer<u8> { Ok(value) }

#[circuit_breaker(identifier = "unit", error_handler = |()| Outcome::Success, fallback = ())]
fn unit() {}

#[circuit_breaker(identifier = "unit later", error_handler = |()| Outcome::Success, fallback = ())]
async fn unit_later() {}

#[circuit_breaker(identifier = name, key = key, failure_if = |_| true, ignore_if = |_| false)]
fn named(name: &str, key: u8) -> Answer<u8> { Ok(key) }

#[circuit_breaker(identifier = name, key = key, policy = PolicyPatch::new(), ignore_if = |_| true)]
async fn named_later(name: String, key: u8) -> Answer<String> { Ok(name) }

#[circuit_breaker(identifier = "diverges")]
fn diverges() -> Answer<u8> {
    loop {}
}

#[circuit_breaker(identifier = "diverges later", fallback = return Ok(1))]
async fn diverges_later() -> Answer<u8> {
    panic!("as planned")
}

#[circuit_breaker(identifier = "future")]
fn future(value: u8) -> impl Future<Output = Answer<u8>> { async move { Ok(value) } }

#[circuit_breaker(identifier = name, timeout = "1s", on_timeout = |_| Ok(1))]
fn future_boxed(name: &str) -> std::pin::Pin<Box<dyn Future<Output = Answer<u8>> + '_>> {
    Box::pin(async { Ok(name.len() as u8) })
}

#[circuit_breaker(identifier = "timeout", timeout = "1s", on_timeout = |_| Ok(1))]
async fn timeout(value: u8) -> Answer<u8> { Ok(value) }

#[circuit_breaker(identifier = "above", timeout = "1s", on_timeout = |_| Ok(1), trip_if = |_| true)]
#[circuit_breaker(identifier = "between", error_handler = |_| true, fallback = Ok(2))]
#[circuit_breaker(identifier = "below", retry_after = |_| None, reason = |_| "down")]
async fn stacked_later(value: u8) -> Answer<u8> { Ok(value) }

#[circuit_breaker(identifier = "above", timeout = limit, on_timeout = |_| Ok(1))]
#[circuit_breaker(identifier = "below", on_open = |_| Ok(2))]
fn stacked_future(limit: std::time::Duration) -> impl Future<Output = Answer<u8>> {
    async { Ok(1) }
}

#[circuit_breaker(identifier = "above")]
#[circuit_breaker(identifier = "below", on_open = |_| Ok(2))]
fn stacked(value: u8) -> Answer<u8> { Ok(value) }

#[circuit_breaker(identifier = "mut")]
fn mutable(mut value: u8, _: u8, _unused: u8) -> Answer<u8> {
    value += 1;
    Ok(value)
}

#[circuit_breaker(identifier = "inner")]
fn inner_attribute() -> Answer<u8> {
    #![expect(unused_variables)]
    //! Text inside.
    let unused = 1;
    Ok(2)
}

#[expect(unused_variables)]
#[circuit_breaker(identifier = "unused argument")]
async fn unused_argument(value: u8) -> Answer<()> {
    Ok(())
}

#[circuit_breaker(identifier = "unused mut")]
#[expect(unused_mut)]
fn unused_mut(mut value: u8) -> Answer<u8> {
    Ok(value)
}

#[expect(dead_code)]
#[circuit_breaker(identifier = "dead")]
fn dead() -> Answer<u8> {
    Ok(1)
}

#[circuit_breaker(identifier = "unreachable")]
#[expect(unreachable_code)]
fn unreachable() -> Answer<u8> {
    return Ok(1);
    Ok(2)
}

#[must_use]
#[circuit_breaker(identifier = "must use", error_handler = |_| Outcome::Success, fallback = 0)]
fn must_use() -> u8 {
    1
}

#[cfg_attr(all(), circuit_breaker(identifier = "conditional"))]
#[deprecated]
fn conditional() -> Answer<()> {
    Ok(())
}

fn main() {
    assert!(one_line(1).is_ok() && mutable(1, 2, 3).is_ok() && inner_attribute().is_ok());
    assert!(unused_mut(1).is_ok() && unreachable().is_ok());
    assert!(named("named", 1).is_ok() && stacked(1).is_ok());
    drop((stacked_later(1), stacked_future(std::time::Duration::MAX)));
    drop(named_later("named".to_owned(), 1));
    assert!(span(1).is_ok());
    drop(span_later(1));
    unit();
    drop((future(1), future_boxed("boxed"), timeout(1)));
    let futures = (one_line_later(1), unit_later(), diverges_later(), unused_argument(1));
    drop(futures);
    #[expect(unused_must_use)]
    must_use();
    #[expect(deprecated)]
    let called = conditional();
    assert!(called.is_ok());
    if std::env::args().count() == 9 {
        assert!(diverges().is_ok());
    }
}
