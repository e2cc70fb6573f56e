//! A whole call of a decorated function: admission, body and verdict.
//!
//! Most functions have neither a handler nor a fallback. What is generated for them is one call of
//! a function here, since the compiler checks generated code anew in each function. The parts that
//! depend on the types of the function are arguments without a bound, so that rustc reports a wrong
//! type once, where the part is named.

use super::{call_site::CallSite, verdict::record};
use crate::{
    breaker::{CircuitOpen, RawPermit, SlotRef},
    config::Declaration,
    outcome::Judgement,
};

/// Defines a function that calls the body of a decorated function. A rejected call returns `answer`
/// of `rejected`.
///
/// Not one generic function: a bound would be one more proof in each function.
macro_rules! define_call {
    ($(#[$attribute:meta])* $name:ident($function:ident: $declares:ty)) => {
        $(#[$attribute])*
        #[inline]
        #[track_caller]
        pub fn $name<R, T, E>(
            site: &'static CallSite,
            $function: $declares,
            answer: fn(Result<T, E>) -> R,
            rejected: fn(CircuitOpen) -> Result<T, E>,
            failed: fn(&R) -> Option<&E>,
            judge: fn(&E) -> Judgement,
            body: impl FnOnce() -> R,
        ) -> R {
            let permit = match site.enter($function) {
                Ok(permit) => permit,
                Err(open) => return answer(rejected(open)),
            };
            let mut permit = permit.guard_panics();
            let returned = body();
            let _ending = record(failed(&returned), &mut permit, judge);
            returned
        }
    };
}

define_call! {
    /// Calls the body of a function whose attribute gives nothing but its identifier.
    call(identifier: &'static str)
}
define_call! {
    /// As [`call`], for a function that declares more.
    call_declared(declaration: &'static Declaration)
}

/// Ends the call of an async function, and returns what its body returned.
#[inline]
pub fn judged<R, E, S: SlotRef>(
    returned: R,
    permit: RawPermit<S>,
    failed: fn(&R) -> Option<&E>,
    judge: fn(&E) -> Judgement,
) -> R {
    let mut permit = permit.guard_panics();
    let _ending = record(failed(&returned), &mut permit, judge);
    returned
}
