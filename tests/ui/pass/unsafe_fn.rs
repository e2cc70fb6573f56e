//! An `unsafe fn` stays one, whether its body writes `unsafe` or not.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "explicit")]
unsafe fn explicit(pointer: *const u8) -> Result<u8, CircuitOpen> {
    Ok(unsafe { *pointer })
}

#[circuit_breaker(identifier = "implicit")]
#[allow(unsafe_op_in_unsafe_fn)]
unsafe fn implicit(pointer: *const u8) -> Result<u8, CircuitOpen> {
    Ok(*pointer)
}

#[circuit_breaker(identifier = "async")]
async unsafe fn later(pointer: *const u8) -> Result<u8, CircuitOpen> {
    Ok(unsafe { *pointer })
}

#[circuit_breaker(identifier = "exported")]
#[unsafe(no_mangle)]
#[allow(improper_ctypes_definitions)]
extern "C" fn exported() -> Result<u8, CircuitOpen> {
    Ok(5)
}

fn main() {
    assert!(unsafe { explicit(&5) }.is_ok());
    assert!(unsafe { implicit(&5) }.is_ok());
    let _ = unsafe { later(&5) };
    assert!(exported().is_ok());
}
