//! The reason of a failure, for every kind of error.

use std::{borrow::Cow, error::Error, fmt, future::ready, io, sync::Arc};

use brama::{
    Breaker, CallError, CircuitOpen, Outcome, Reason, Registry, circuit::By, circuit_breaker,
    outcome,
};
use futures_util::FutureExt;

/// An error whose source says more.
#[derive(Debug, thiserror::Error)]
#[error("payment failed")]
struct Payment(#[source] io::Error);

fn payment() -> Payment {
    Payment(io::Error::other("connection refused"))
}

const PAYMENT: &str = "payment failed: connection refused";

fn rejection() -> CircuitOpen {
    let inner = Registry::new().breaker("inner");
    inner.force_open("a test");
    inner.try_acquire().unwrap_err()
}

fn breaker() -> Breaker {
    Registry::new().breaker("api")
}

/// What the breaker recorded of its only call: the reason of the failure, or "ignored".
fn recorded(breaker: &Breaker) -> String {
    let status = breaker.status();
    assert_eq!(status.totals.failures + status.totals.ignored, 1);
    let ignored = || "ignored".to_owned();
    status.reasons.last().map_or_else(ignored, ToString::to_string)
}

/// The reason that `call`, `call_async`, `outcome::of` and the attribute give to an error. The
/// attribute needs its type, to declare a function.
macro_rules! reason {
    ($ty:ty, $error:expr) => {{
        #[circuit_breaker(identifier = "it", registry = registry, fallback = unreachable!())]
        fn decorated(registry: &Registry) -> Result<(), $ty> {
            Err($error)
        }
        let registry = Registry::new();
        assert!(decorated(&registry).is_err());
        let reason = reason_of_call!($ty, $error);
        assert_eq!(recorded(&registry.breaker("it")), reason);
        reason
    }};
}

macro_rules! reason_of_call {
    ($ty:ty, $error:expr) => {{
        let [sync, later, with] = [(); 3].map(|()| breaker());
        assert!(sync.call(|| Err::<(), $ty>($error)).is_err());
        assert!(later.call_async(ready(Err::<(), $ty>($error))).now_or_never().unwrap().is_err());
        assert!(with.call_with(outcome::of, || Err::<(), $ty>($error)).is_ok());
        assert_eq!([recorded(&sync), recorded(&later)], [recorded(&with), recorded(&with)]);
        recorded(&with)
    }};
}

#[test]
fn an_error_gives_its_text_and_those_of_its_sources() {
    assert_eq!(reason!(Payment, payment()), PAYMENT);
    assert_eq!(reason!(Box<Payment>, payment().into()), PAYMENT);
    assert_eq!(reason!(Arc<Payment>, payment().into()), PAYMENT);
    assert_eq!(reason!(&'static Payment, Box::leak(payment().into())), PAYMENT);
    assert_eq!(reason!(CallError<Payment>, CallError::Failed(payment())), PAYMENT);
}

#[test]
fn a_box_around_an_error_gives_its_text_and_those_of_its_sources() {
    assert_eq!(reason!(Box<dyn Error>, payment().into()), PAYMENT);
    assert_eq!(reason_of_call!(Box<dyn Error + Send>, Box::new(payment())), PAYMENT);
    assert_eq!(reason!(Box<dyn Error + Send + Sync>, payment().into()), PAYMENT);
    assert_eq!(reason!(Arc<dyn Error + Send + Sync>, Arc::new(payment())), PAYMENT);
    assert_eq!(reason!(anyhow::Error, payment().into()), PAYMENT);
    assert_eq!(
        reason!(anyhow::Error, anyhow::Error::from(payment()).context("checkout")),
        format!("checkout: {PAYMENT}")
    );
}

#[test]
fn a_text_and_a_number_give_themselves_and_a_unit_gives_none() {
    assert_eq!(reason!(&'static str, "refused"), "refused");
    assert_eq!(reason!(String, "refused".into()), "refused");
    assert_eq!(reason!(Cow<'static, str>, "refused".into()), "refused");
    assert_eq!(reason!(Box<str>, "refused".into()), "refused");
    assert_eq!(reason!(Arc<str>, "refused".into()), "refused");
    assert_eq!(reason!(u16, 503), "503");
    assert_eq!(reason!(i32, -1), "-1");
    assert_eq!(reason!((), ()), "no reason given");
}

#[test]
fn a_borrowed_error_gives_its_text() {
    let (text, error, breaker) = (String::from("lent"), payment(), breaker());
    assert!(breaker.call(|| Err::<(), _>(text.as_str())).is_err());
    assert!(breaker.call(|| Err::<(), &dyn Error>(&error)).is_err());
    assert!(breaker.call(|| Err::<(), Box<dyn Error + '_>>(Box::new(&error))).is_err());
    assert_eq!(breaker.status().reasons, ["lent", PAYMENT, PAYMENT]);
}

#[test]
fn the_rejection_of_another_breaker_is_ignored() {
    let io = || io::Error::from(rejection());
    assert_eq!(reason_of_call!(CircuitOpen, rejection()), "ignored");
    assert_eq!(reason_of_call!(io::Error, io()), "ignored");
    assert_eq!(reason_of_call!(Payment, Payment(io())), "ignored");
    assert_eq!(reason_of_call!(Box<dyn Error>, rejection().into()), "ignored");
    assert_eq!(reason_of_call!(Box<dyn Error + Send>, Box::new(rejection())), "ignored");
    assert_eq!(reason_of_call!(Box<dyn Error + Send + Sync>, rejection().into()), "ignored");
    assert_eq!(reason_of_call!(anyhow::Error, rejection().into()), "ignored");
    assert_eq!(reason_of_call!(CallError<io::Error>, rejection().into()), "ignored");
}

#[test]
fn a_generic_function_needs_no_bound_but_error() {
    fn call<E: Error>(breaker: &Breaker, error: E) -> bool {
        breaker.call(|| Err::<(), _>(error)).is_err()
    }
    let breaker = breaker();
    assert!(call(&breaker, payment()));
    assert_eq!(recorded(&breaker), PAYMENT);
}

#[test]
fn an_error_or_nothing_can_be_the_reason_of_a_report() {
    let boxed: Box<dyn Error + Send + Sync> = payment().into();
    let opaque: &dyn Error = &payment();
    let permits = breaker();
    let permit = || permits.try_acquire().unwrap();
    permit().failure(&payment());
    permit().failure(opaque);
    permit().failure(boxed.as_ref());
    permit().failure(());
    assert_eq!(permits.status().reasons, [PAYMENT, PAYMENT, PAYMENT, "no reason given"]);
    let registry = Registry::new();
    let breaker = registry.breaker("api");
    registry.failure("api", &payment()).unwrap();
    registry.failure("api", ()).unwrap();
    breaker.failure(opaque);
    assert_eq!(breaker.status().reasons, [PAYMENT, "no reason given", PAYMENT]);
    assert_eq!(Outcome::failure(&payment()), Outcome::failure(Reason::of_error(&payment())));
}

#[test]
fn an_error_or_nothing_can_be_the_reason_of_an_action() {
    let breaker = breaker();
    let because = |by: By| {
        breaker.open(by);
        breaker.status().cause.unwrap().to_string()
    };
    assert_eq!(because(().into()), "by hand (open): no reason given");
    assert_eq!(because((&payment()).into()), format!("by hand (open): {PAYMENT}"));
    let opaque: &dyn Error = &payment();
    assert_eq!(because(opaque.into()), format!("by hand (open): {PAYMENT}"));
}

#[test]
fn a_call_error_becomes_the_error_of_the_call() {
    type Boxed = Box<dyn Error + Send + Sync>;
    fn boxed(breaker: &Breaker) -> Result<u32, Boxed> {
        let amount = || Ok::<u32, Boxed>("x".parse()?);
        breaker.call(amount).map_err(CallError::into_error)
    }
    fn anyhow(breaker: &Breaker) -> anyhow::Result<u32> {
        let amount = || anyhow::Ok("x".parse::<u32>()?);
        breaker.call(amount).map_err(CallError::into_error)
    }
    fn transparent(breaker: &Breaker) -> Result<u32, Boxed> {
        Ok(breaker.call(|| "x".parse::<u32>())?)
    }
    fn text(error: impl fmt::Display) -> String {
        error.to_string()
    }
    let breaker = breaker();
    let failed = [
        boxed(&breaker).map_err(text),
        anyhow(&breaker).map_err(text),
        transparent(&breaker).map_err(text),
    ];
    assert!(failed.iter().all(|it| *it == Err("invalid digit found in string".to_owned())));
    breaker.force_open("a test");
    assert!(CircuitOpen::find_in(&*boxed(&breaker).unwrap_err()).is_some());
    assert!(CircuitOpen::find_in(&*anyhow(&breaker).unwrap_err()).is_some());
    assert!(CircuitOpen::find_in(&*transparent(&breaker).unwrap_err()).is_some());
}
