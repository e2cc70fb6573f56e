//! Generated code finds its names whatever the user calls theirs, and without a prelude.

#![no_implicit_prelude]
#![allow(dead_code, non_camel_case_types, non_upper_case_globals)]

mod core {}
mod std {}
mod brama {}
mod permit {}
struct Result;
struct Option;
struct Some;
struct None;
struct Ok;
struct Err;
struct Outcome;
struct ret;
struct permits;
struct future;
struct found;
struct timer;
static asked: u8 = 1;
const open: u8 = 1;
const __BRAMA_SITE: u32 = 5;

type Answer = ::core::result::Result<u8, ::brama::CircuitOpen>;

#[::brama::circuit_breaker(identifier = "shadowed", max_attempts = 3, expiry = "1s")]
fn charge() -> Answer {
    ::core::result::Result::Ok(open + asked)
}

#[::brama::circuit_breaker(identifier = "shadowed async", abandoned = "failure")]
async fn charge_later() -> Answer {
    ::core::result::Result::Ok(open + asked)
}

#[::brama::circuit_breaker(identifier = NAME, timeout = "1s", on_timeout = |_| charge())]
fn charge_by_future() -> impl ::core::future::Future<Output = Answer> {
    async { ::core::result::Result::Ok(open + asked) }
}

#[::brama::circuit_breaker(identifier = "by hand", error_handler = judge, fallback = open)]
fn by_hand() -> u8 {
    asked
}

#[::brama::circuit_breaker(
    identifier = NAME,
    key = open,
    policy = ::brama::PolicyPatch::new(),
    failure_if = |_| true,
    ignore_if = |_| false
)]
fn keyed() -> Answer {
    ::core::result::Result::Ok(open)
}

const NAME: &str = "keyed";

#[::brama::circuit_breaker(scope = "shadowed", policy = ::brama::PolicyPatch::new())]
mod block {
    #[::brama::circuit_breaker(identifier = "block")]
    pub fn charge() -> super::Answer {
        ::core::result::Result::Ok(1)
    }
}

fn judge(_: &u8) -> ::brama::Outcome {
    ::brama::Outcome::Success
}

fn main() {
    ::std::assert!(charge().is_ok() && keyed().is_ok() && block::charge().is_ok());
    ::std::assert_eq!(by_hand(), 1);
    let _ = (charge_later(), charge_by_future());
}
