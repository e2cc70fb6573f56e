//! Shadowed names: generated code resolves its own names whatever names the user defines, and needs
//! no prelude.

#![no_implicit_prelude]
#![expect(
    dead_code,
    non_camel_case_types,
    non_upper_case_globals,
    reason = "the names stand in the way, no more"
)]

mod core {}
mod std {}
mod alloc {}
mod brama {}
mod permit {}
struct Result;
struct Option;
struct Some;
struct None;
struct Ok;
struct Err;
struct Outcome;
struct CircuitOpen;
struct PolicyPatch;
struct ret;
struct permits;
struct future;
struct found;
struct timer;
static asked: u8 = 1;
const open: u8 = 1;
const failed: u8 = 1;
const __BRAMA_SITE: u32 = 5;

trait Into {}
trait From {}
trait Fn {}
trait FnOnce {}
trait Future {}
trait Drop {}

type Answer = ::core::result::Result<u8, ::brama::CircuitOpen>;

#[::brama::circuit_breaker(identifier = "shadowed: sync", max_attempts = 3, expiry = "1s")]
fn charge() -> Answer {
    ::core::result::Result::Ok(open + asked)
}

#[::brama::circuit_breaker(identifier = "shadowed: async", abandoned = "failure")]
async fn charge_later() -> Answer {
    ::core::result::Result::Ok(open + asked)
}

#[::brama::circuit_breaker(identifier = NAME, timeout = "1s", on_timeout = |_| charge())]
fn charge_by_future() -> impl ::core::future::Future<Output = Answer> {
    async { ::core::result::Result::Ok(open + asked) }
}

#[::brama::circuit_breaker(identifier = "shadowed: by hand", error_handler = judge, fallback = open)]
fn by_hand() -> u8 {
    asked
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "a handler is given a reference")]
const fn judge(_: &u8) -> ::brama::Outcome {
    ::brama::Outcome::Success
}

#[::brama::circuit_breaker(identifier = "shadowed: on open", on_open = |_| ::core::result::Result::Ok(2))]
async fn on_open() -> Answer {
    ::core::result::Result::Ok(asked)
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

const NAME: &str = "shadowed: keyed";

#[::brama::circuit_breaker(
    identifier = "shadowed: registry",
    registry = &::brama::registry(),
    window = time("10s"),
    expiry = progressive("5s", "300s", 1.5)
)]
fn in_registry() -> Answer {
    ::core::result::Result::Ok(open)
}

#[::brama::circuit_breaker(scope = "shadowed", policy = ::brama::PolicyPatch::new())]
mod block {
    #[::brama::circuit_breaker(identifier = "shadowed: block")]
    pub(super) fn charge() -> super::Answer {
        ::core::result::Result::Ok(1)
    }
}

#[::core::prelude::v1::test]
fn every_form_finds_its_names() {
    use crate::answer::{finish, recorded};

    ::std::assert!(charge().is_ok() && keyed().is_ok() && block::charge().is_ok());
    ::std::assert!(in_registry().is_ok());
    ::std::assert!(finish(charge_later()).is_ok() && finish(on_open()).is_ok());
    let _unpolled = charge_by_future();
    ::std::assert_eq!(by_hand(), 1);
    for identifier in ["sync", "async", "by hand", "on open", "registry"] {
        let identifier = ::std::format!("shadowed: {identifier}");
        ::std::assert_eq!(recorded(&identifier), "1 succeeded");
    }
    crate::answer::open("shadowed: by hand");
    crate::answer::open("shadowed: sync");
    ::std::assert_eq!((by_hand(), charge().is_err()), (open, true));
}
