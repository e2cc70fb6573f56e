//! Every form of handler compiles without type annotations.

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
}
