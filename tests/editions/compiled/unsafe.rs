//! An `unsafe fn` stays one, whether its body writes `unsafe` or not.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use brama::{CircuitOpen, Outcome, Totals, circuit_breaker};

type Answer<T> = Result<T, CircuitOpen>;

#[circuit_breaker(identifier = "explicit")]
unsafe fn explicit(pointer: *const u8) -> Answer<u8> {
    Ok(unsafe { *pointer })
}

#[circuit_breaker(identifier = "implicit")]
#[allow(unsafe_op_in_unsafe_fn)]
unsafe fn implicit(pointer: *const u8) -> Answer<u8> {
    Ok(*pointer)
}

#[circuit_breaker(identifier = "async")]
async unsafe fn later(pointer: *const u8) -> Answer<u8> {
    Ok(unsafe { *pointer })
}

#[circuit_breaker(identifier = "async implicit")]
#[allow(unsafe_op_in_unsafe_fn)]
async unsafe fn later_implicit(pointer: *const u8) -> Answer<u8> {
    Ok(*pointer)
}

trait Device {
    #[circuit_breaker(identifier = "trait")]
    unsafe fn read(&self, pointer: *const u8) -> Answer<u8> {
        unsafe { explicit(pointer) }
    }
}

impl Device for () {}

#[circuit_breaker(identifier = "exported")]
#[unsafe(no_mangle)]
#[allow(improper_ctypes_definitions)]
extern "C" fn exported_above() -> Answer<u8> {
    Ok(5)
}

#[unsafe(no_mangle)]
#[circuit_breaker(identifier = "exported below", error_handler = judge, fallback = -1)]
pub unsafe extern "C" fn exported_below(number: *const i32) -> i32 {
    unsafe { *number }
}

fn judge(code: &i32) -> Outcome {
    Outcome::from(*code == 0)
}

#[circuit_breaker(identifier = "features")]
#[target_feature(enable = "sse2")]
#[cfg(target_arch = "x86_64")]
fn features(number: u8) -> Answer<u8> {
    Ok(inner(number))
}

#[target_feature(enable = "sse2")]
#[cfg(target_arch = "x86_64")]
fn inner(number: u8) -> u8 {
    number
}

unsafe extern "C" {
    safe fn abs(number: i32) -> i32;
    unsafe fn strlen(text: *const std::ffi::c_char) -> usize;
}

#[circuit_breaker(identifier = "foreign")]
fn foreign(number: i32) -> Answer<(i32, usize)> {
    Ok((abs(number), unsafe { strlen(c"abc".as_ptr()) }))
}

fn finish<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("it waits for nothing"),
    }
}

fn recorded(identifier: &str) -> [u64; 2] {
    let Totals { successes, failures, .. } = brama::breaker(identifier).status().totals;
    [successes, failures]
}

fn main() {
    assert_eq!(unsafe { explicit(&5) }.ok(), Some(5));
    assert_eq!(unsafe { implicit(&5) }.ok(), Some(5));
    assert_eq!(finish(unsafe { later(&5) }).ok(), Some(5));
    assert_eq!(finish(unsafe { later_implicit(&5) }).ok(), Some(5));
    assert_eq!(unsafe { ().read(&5) }.ok(), Some(5));
    assert_eq!(exported_above().ok(), Some(5));
    assert_eq!([0, 2].map(|code| unsafe { exported_below(&code) }), [0, 2]);
    assert_eq!(foreign(-3).ok(), Some((3, 3)));
    #[cfg(target_arch = "x86_64")]
    assert_eq!(unsafe { features(3) }.ok(), Some(3));
    assert_eq!([recorded("explicit"), recorded("exported below")], [[2, 0], [1, 1]]);
    for identifier in ["implicit", "async", "async implicit", "trait", "exported", "foreign"] {
        assert_eq!(recorded(identifier), [1, 0], "{identifier}");
    }
}
