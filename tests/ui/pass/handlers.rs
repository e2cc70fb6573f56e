//! Every form of handler compiles without type annotations.

use std::sync::Arc;

use brama::{CircuitOpen, Outcome, circuit_breaker};

enum PayError {
    Open(CircuitOpen),
    Code(u16),
}

impl From<CircuitOpen> for PayError {
    fn from(open: CircuitOpen) -> Self {
        Self::Open(open)
    }
}

impl PayError {
    fn is_server(&self) -> bool {
        matches!(self, Self::Code(500..))
    }
}

type Paid = Result<u16, PayError>;

fn plain(paid: &Paid) -> Outcome {
    Outcome::from(paid.is_ok())
}

fn generic<T, E>(paid: &Result<T, E>) -> Outcome {
    Outcome::from(paid.is_ok())
}

const POINTER: fn(&Paid) -> Outcome = plain;

fn below(limit: u16) -> impl Fn(&Paid) -> Outcome {
    move |paid| Outcome::from(paid.as_ref().is_ok_and(|code| *code < limit))
}

fn any<T, E>(good: bool) -> impl Fn(&Result<T, E>) -> bool {
    move |paid| good && paid.is_ok()
}

fn boxed() -> Box<dyn Fn(&Paid) -> Outcome> {
    Box::new(plain)
}

fn shared() -> Arc<dyn Fn(&Paid) -> bool> {
    Arc::new(Result::is_ok)
}

struct Judges {
    boxed: Box<dyn Fn(&Paid) -> Outcome + Send + Sync>,
    shared: Arc<dyn Fn(&Paid) -> bool + Send + Sync>,
    pointers: Vec<fn(&Paid) -> bool>,
    is_bad: Box<dyn Fn(&PayError) -> bool + Send + Sync>,
    reject: fn(CircuitOpen) -> Paid,
}

impl Judges {
    #[circuit_breaker(identifier = "handlers", error_handler = self.boxed, on_open = self.reject)]
    fn by_boxed(&self, code: u16) -> Paid {
        by_path(code)
    }

    #[circuit_breaker(identifier = "handlers", error_handler = self.shared)]
    async fn by_shared(&self, code: u16) -> Paid {
        by_path(code)
    }

    #[circuit_breaker(identifier = "handlers", error_handler = self.pointers[0])]
    fn by_pointer(&self, code: u16) -> Paid {
        by_path(code)
    }

    #[circuit_breaker(identifier = "handlers", error_handler = &self.boxed)]
    fn by_reference(&self, code: u16) -> Paid {
        by_path(code)
    }

    #[circuit_breaker(identifier = "handlers", failure_if = self.is_bad, on_open = answer(503))]
    fn by_error(&self, code: u16) -> Paid {
        by_path(code)
    }
}

fn answer(code: u16) -> impl FnOnce(CircuitOpen) -> Paid {
    move |_| Err(PayError::Code(code))
}

#[circuit_breaker(identifier = "handlers", error_handler = |paid| matches!(paid, (true, _)), fallback = (true, 1))]
fn by_bool() -> (bool, u8) {
    (true, 2)
}

macro_rules! judged {
    ($least:literal) => {
        |paid| matches!(paid, Ok(code) if $least < *code)
    };
}

#[circuit_breaker(
    identifier = "handlers",
    error_handler = judged!(100),
    on_open = |open| {
        let Some(wait) = open.retry_after() else { return Err(open.into()) };
        let code = u16::try_from(wait.as_secs()).map_err(|_| open)?;
        Ok(code)
    },
)]
fn by_macro() -> Paid {
    Ok(200)
}

#[circuit_breaker(identifier = "handlers", error_handler = |_| todo!(), on_open = |_| todo!())]
fn unfinished() -> Paid {
    Ok(1)
}

struct Judge(bool);

impl Judge {
    fn associated(paid: &Paid) -> Outcome {
        plain(paid)
    }

    fn method(&self, paid: &Paid) -> Outcome {
        Outcome::from(self.0 && paid.is_ok())
    }

    #[circuit_breaker(identifier = "handlers", error_handler = Self::associated)]
    fn by_associated(&self, code: u16) -> Paid {
        by_path(code)
    }

    #[circuit_breaker(identifier = "handlers", error_handler = |paid| self.method(paid))]
    fn by_method(&self, code: u16) -> Paid {
        by_path(code)
    }

    #[circuit_breaker(identifier = "handlers", error_handler = |paid| self.method(paid))]
    async fn by_method_later(&self, code: u16) -> Paid {
        by_path(code)
    }
}

#[circuit_breaker(identifier = "handlers", error_handler = plain)]
fn by_path(code: u16) -> Paid {
    if code < 300 { Ok(code) } else { Err(PayError::Code(code)) }
}

macro_rules! by {
    ($($name:ident: $handler:expr;)*) => {
        $(
            #[circuit_breaker(identifier = "handlers", error_handler = $handler)]
            fn $name(code: u16, limit: u16) -> Paid {
                by_path(code.min(limit))
            }
        )*
        const ALL: &[fn(u16, u16) -> Paid] = &[$($name),*];
    };
}

by! {
    generic_path: generic;
    turbofish: generic::<u16, PayError>;
    pointer: POINTER;
    ignored: |_| Outcome::Success;
    block: { plain };
    maker: below(300);
    generic_maker: any(true);
    boxed_maker: boxed();
    shared_maker: shared();
    block_maker: { let least = 100; move |paid| matches!(paid, Ok(code) if least < *code) };
    chosen: if cfg!(all()) { plain } else { generic };
    by_bool_path: Result::is_ok;
    by_bool_closure: |paid| paid.is_ok();
    early_bool: |paid| {
        if paid.is_err() {
            return false;
        }
        true
    };
    converted: |paid| paid.is_ok().into();
    converted_branches: |paid| if paid.is_ok() { true.into() } else { unreachable!() };
    guard: |paid| match paid {
        Ok(_) => Outcome::Success,
        Err(error) if error.is_server() => Outcome::failure("server"),
        Err(_) => Outcome::Ignore,
    };
    matching: |paid| Outcome::from(matches!(paid, Ok(200)));
    early: |paid| {
        let Ok(code) = paid else { return Outcome::Ignore };
        Outcome::from(*code < 250)
    };
    moving: move |paid| plain(paid);
    annotated: |paid: &Paid| -> Outcome { plain(paid) };
    diverging: |paid| match paid {
        Ok(_) => Outcome::Success,
        Err(_) => unreachable!(),
    };
    nested: |paid| paid.as_ref().map_or_else(|_| Outcome::Ignore, |code| Outcome::from(*code < 1000));
}

#[circuit_breaker(identifier = "tuple", fallback = (0, 0), error_handler = |&(good, _)| (good == 0).into())]
fn tuple() -> (u8, u8) {
    (0, 1)
}

fn main() {
    for function in ALL {
        assert!(function(200, 900).is_ok());
    }
    let judge = Judge(true);
    assert!(judge.by_associated(200).is_ok() && judge.by_method(200).is_ok());
    let _ = judge.by_method_later(200);
    assert_eq!(tuple(), (0, 1));
    assert_eq!(by_bool(), (true, 2));
    assert!(by_macro().is_ok());
    let judges = Judges {
        boxed: Box::new(plain),
        shared: Arc::new(Result::is_ok),
        pointers: vec![Result::is_ok],
        is_bad: Box::new(PayError::is_server),
        reject: |open| Err(open.into()),
    };
    assert!(judges.by_boxed(200).is_ok() && judges.by_pointer(200).is_ok());
    assert!(judges.by_reference(200).is_ok() && judges.by_error(200).is_ok());
    let _ = judges.by_shared(200);
    if std::env::args().count() == 9 {
        let _ = unfinished();
    }
}
